SELECT hash FROM edits WHERE writer = ?1 AND seq = ?2
UNION ALL
SELECT hash FROM erased_edits WHERE writer = ?1 AND seq = ?2
LIMIT 1;
