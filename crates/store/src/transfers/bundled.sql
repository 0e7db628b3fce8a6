WITH moved AS (
    SELECT DISTINCT e.subject_id, e.custody, e.number
    FROM bundle_batches c
    JOIN batch_edits b ON b.batch = c.batch
    JOIN edits e ON e.writer = b.writer AND e.seq = b.seq
    WHERE c.bundle = ?1
),
