DELETE FROM attachments WHERE name = ?1;
