SELECT name, size, arrived
FROM attachments a
WHERE origin <> 'wanted'
    AND added_at >= ?1
    AND (EXISTS (SELECT 1 FROM attachment_names n WHERE n.name = a.name) OR origin = 'collected')
ORDER BY size, number;
