-- Of what was put here in answering, what no answer names any more. What a sealed edit names stays.
DELETE FROM attachments
WHERE origin = 'own'
    AND NOT EXISTS (SELECT 1 FROM attachment_names n WHERE n.name = attachments.name)
    AND NOT EXISTS (
        SELECT 1 FROM draft_answers d WHERE d.value = json_object('file', attachments.name)
    );
