SELECT DISTINCT n.name, coalesce(a.size, 0), coalesce(a.have, 0)
FROM attachment_names n
LEFT JOIN attachments a ON a.name = n.name
WHERE n.subject_id IN (?1, ?2)
ORDER BY n.name;
