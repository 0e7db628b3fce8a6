SELECT max(e.seq)
FROM edits e
WHERE e.subject_id = ?1
    -- Through the subject's edits: the writer's may be all there are.
    AND +e.writer = ?2
    AND e.seq <= ?3
    AND NOT EXISTS (SELECT 1 FROM reissued anew WHERE anew.writer = e.writer AND anew.seq = e.seq);
