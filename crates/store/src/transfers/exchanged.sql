WITH moved AS (
    SELECT e.subject_id, e.custody, e.number
    FROM exchange_edits x
    JOIN edits e ON e.writer = x.writer AND e.seq = x.seq
    WHERE x.exchange = ?1
),
