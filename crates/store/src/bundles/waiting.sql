-- What lies here for the province: batches of others, their laptops, and their edits.
SELECT
    count(*),
    count(DISTINCT k.device),
    (
        SELECT count(DISTINCT h.number)
        FROM batches w
        JOIN batch_edits b ON b.batch = w.hash
        JOIN edits e ON e.writer = b.writer AND e.seq = b.seq
        JOIN households h ON e.subject_id IN (h.id, h.interview)
        WHERE w.origin = 'collected' AND NOT w.settled
    )
FROM batches k
WHERE k.origin = 'collected' AND NOT k.settled;
