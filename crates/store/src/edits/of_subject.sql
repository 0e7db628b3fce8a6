SELECT bytes, custody, server_time, verdict_code, verdict_params
FROM (
    SELECT
        e.number AS place,
        e.bytes,
        CASE
            WHEN e.custody = 'foreign'
                AND EXISTS (SELECT 1 FROM batch_edits b WHERE b.writer = e.writer AND b.seq = e.seq)
                AND NOT EXISTS (
                    SELECT 1 FROM batch_edits b WHERE b.writer = e.writer AND b.seq = e.seq AND b.accepted
                )
                THEN 'collected'
            ELSE e.custody
        END AS custody,
        r.server_time,
        e.verdict_code,
        e.verdict_params
    FROM edits e
    LEFT JOIN receipts r ON r.batch = e.receipt
    WHERE e.subject_id = ?1
        AND NOT EXISTS (SELECT 1 FROM reissued anew WHERE anew.writer = e.writer AND anew.seq = e.seq)
    UNION ALL
    -- After all others.
    SELECT 9223372036854775807, f.bytes, 'foreign', NULL, NULL, NULL
    FROM forked_edits f
    WHERE f.subject_id = ?1
)
ORDER BY place;
