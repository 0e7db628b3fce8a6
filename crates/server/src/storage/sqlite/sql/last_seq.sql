SELECT max(seq) FROM edits WHERE writer = ?1
