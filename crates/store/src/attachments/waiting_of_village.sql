SELECT name, size, arrived
FROM attachments a
WHERE NOT confirmed
    AND origin <> 'wanted'
    AND EXISTS (
        SELECT 1
        FROM attachment_names n
        JOIN households h ON n.subject_id IN (h.id, h.interview)
        WHERE n.name = a.name AND h.commune = ?1 AND h.village = ?2
    )
ORDER BY size, number;
