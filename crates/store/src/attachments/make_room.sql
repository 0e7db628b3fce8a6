-- What the province has can be fetched again: of that, only the latest stays, up to so many bytes.
DELETE FROM attachments
WHERE number IN (
    SELECT number
    FROM (
        SELECT number, sum(size) OVER (ORDER BY number DESC) AS so_far
        FROM attachments a
        WHERE confirmed
            AND NOT EXISTS (SELECT 1 FROM draft_answers d WHERE d.value = json_object('file', a.name))
    )
    WHERE so_far > ?1
);
