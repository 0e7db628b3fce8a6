SELECT 1 FROM edits WHERE writer = ?1 AND seq = ?2 AND subject_id = ?3
UNION ALL
SELECT 1 FROM forked_edits WHERE writer = ?1 AND seq = ?2 AND subject_id = ?3
UNION ALL
SELECT 1 FROM erased_edits WHERE writer = ?1 AND seq = ?2 AND subject_id = ?3;
