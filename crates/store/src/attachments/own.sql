UPDATE attachments SET origin = 'own' WHERE name = ?1;
