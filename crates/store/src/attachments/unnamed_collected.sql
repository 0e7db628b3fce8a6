SELECT coalesce(sum(size), 0)
FROM attachments a
WHERE origin = 'collected' AND NOT EXISTS (SELECT 1 FROM attachment_names n WHERE n.name = a.name);
