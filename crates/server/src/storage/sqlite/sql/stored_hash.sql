SELECT hash FROM edits WHERE writer = ?1 AND seq = ?2
