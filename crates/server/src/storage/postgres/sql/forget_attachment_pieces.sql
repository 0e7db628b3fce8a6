DELETE FROM attachment_pieces WHERE name = $1 AND EXISTS (SELECT 1 FROM attachments WHERE name = $1 AND NOT whole)
