INSERT INTO audit (number, entry, hash) VALUES (?1, ?2, ?3);
