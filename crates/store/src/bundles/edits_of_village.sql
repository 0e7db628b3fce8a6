-- Each edit builds on its writer's one before: those that come before the last of the village go along.
SELECT bytes
FROM edits
WHERE custody = 'unsent'
    AND number <= (
        SELECT max(e.number)
        FROM households h
        JOIN edits e ON e.subject_id IN (h.id, h.interview)
        WHERE h.commune = ?1 AND h.village = ?2 AND e.custody = 'unsent'
    )
ORDER BY number;
