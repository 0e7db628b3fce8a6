INSERT INTO blob_pieces (hash, place, bytes) VALUES (?1, ?2, ?3);
