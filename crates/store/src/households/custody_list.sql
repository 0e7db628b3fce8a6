,
    (
        SELECT max(r.server_time)
        FROM edits e
        JOIN receipts r ON r.batch = e.receipt
        WHERE e.subject_id IN (h.id, h.interview) AND e.custody = 'confirmed'
    ) AS confirmed_at,
    refused.verdict_code,
    refused.verdict_params,
    (
        SELECT CASE WHEN count(*) = count(first_at) THEN max(first_at) END
        FROM (
            SELECT (
                SELECT min(f.at)
                FROM batch_edits b
                JOIN bundle_batches c ON c.batch = b.batch
                JOIN bundles f ON f.number = c.bundle AND f.direction = 'out'
                WHERE b.writer = e.writer AND b.seq = e.seq
            ) AS first_at
            FROM edits e
            WHERE e.subject_id IN (h.id, h.interview) AND e.custody = 'unsent'
        )
    ) AS on_stick_since
FROM households h
LEFT JOIN villages v ON v.commune = h.commune AND v.id = h.village
LEFT JOIN edits refused ON refused.number = (
    SELECT max(e.number) FROM edits e WHERE e.subject_id IN (h.id, h.interview) AND e.custody = 'refused'
)
WHERE h.number = ?1;
