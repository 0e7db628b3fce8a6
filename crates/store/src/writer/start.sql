INSERT INTO writers (writer, seq, last_hash, began_at) VALUES (?1, 0, NULL, ?2);
