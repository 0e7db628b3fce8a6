DELETE FROM attachments WHERE name = $1 AND NOT whole
