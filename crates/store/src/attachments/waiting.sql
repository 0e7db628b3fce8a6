-- What the province does not have, the smallest first. Of files that came by stick, the edit that names them may be unread here.
SELECT name, size, arrived
FROM attachments a
WHERE NOT confirmed
    AND origin <> 'wanted'
    AND (
        EXISTS (SELECT 1 FROM attachment_names n WHERE n.name = a.name)
        OR (?1 AND origin = 'collected')
    )
ORDER BY size, number;
