SELECT 1 FROM forked_edits WHERE writer = ?1 AND seq = ?2 AND hash = ?3;
