-- Households with something unsent, all of which is on a stick.
SELECT count(*)
FROM households h
WHERE h.unsent > 0
    AND NOT EXISTS (
        SELECT 1
        FROM edits e
        WHERE e.subject_id IN (h.id, h.interview)
            AND e.custody = 'unsent'
            AND NOT EXISTS (
                SELECT 1
                FROM batch_edits b
                JOIN bundle_batches c ON c.batch = b.batch
                JOIN bundles f ON f.number = c.bundle AND f.direction = 'out'
                WHERE b.writer = e.writer AND b.seq = e.seq
            )
    );
