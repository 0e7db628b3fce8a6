INSERT INTO attachment_pieces (attachment, place, bytes) VALUES (?1, ?2, ?3);
