SELECT DISTINCT b.batch
FROM edits e
JOIN batch_edits b ON b.writer = e.writer AND b.seq = e.seq
WHERE e.subject_id = ?1;
