-- Sent or not; and what was never sent before them, because each edit builds on its writer's one before.
SELECT bytes
FROM edits
WHERE custody <> 'foreign'
    AND (
        recorded_at >= ?1
        OR (
            custody = 'unsent'
            AND number < (SELECT max(number) FROM edits WHERE custody <> 'foreign' AND recorded_at >= ?1)
        )
    )
ORDER BY number;
