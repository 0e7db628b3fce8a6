INSERT INTO not_same (first, second) VALUES (?1, ?2);
