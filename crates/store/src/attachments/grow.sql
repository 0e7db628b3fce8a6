UPDATE attachments SET size = ?2, have = ?3 WHERE name = ?1;
