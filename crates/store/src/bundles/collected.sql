SELECT k.hash, k.device, k.bytes, k.signature
FROM batches k
WHERE k.origin = 'collected'
    AND CASE
        WHEN :since IS NOT NULL THEN k.kept_at >= :since
        WHEN k.settled THEN 0
        WHEN :village IS NULL THEN 1
        ELSE EXISTS (
            SELECT 1
            FROM batch_edits b
            JOIN edits e ON e.writer = b.writer AND e.seq = b.seq
            JOIN households h ON e.subject_id IN (h.id, h.interview)
            WHERE b.batch = k.hash AND h.commune = :commune AND h.village = :village
        )
    END
ORDER BY k.number;
