SELECT writer, max(seq)
FROM (
    SELECT e.writer, e.seq
    FROM edits e
    WHERE e.subject_id = ?1
        AND NOT EXISTS (SELECT 1 FROM reissued anew WHERE anew.writer = e.writer AND anew.seq = e.seq)
    UNION ALL
    SELECT f.writer, f.seq FROM forked_edits f WHERE f.subject_id = ?1
    UNION ALL
    SELECT gone.writer, gone.seq
    FROM erased_edits gone
    WHERE gone.subject_id = ?1
        AND NOT EXISTS (SELECT 1 FROM reissued anew WHERE anew.writer = gone.writer AND anew.seq = gone.seq)
)
GROUP BY writer;
