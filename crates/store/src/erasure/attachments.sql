DELETE FROM attachments
WHERE (confirmed OR origin = 'wanted')
    AND NOT EXISTS (SELECT 1 FROM attachment_names n WHERE n.name = attachments.name)
    AND NOT EXISTS (SELECT 1 FROM draft_answers d WHERE d.value = json_object('file', attachments.name));
