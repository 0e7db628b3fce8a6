SELECT count(*), coalesce(sum(size), 0), coalesce(sum(arrived), 0)
FROM attachments a
WHERE NOT confirmed
    AND origin <> 'wanted'
    AND EXISTS (SELECT 1 FROM attachment_names n WHERE n.name = a.name);
