INSERT INTO bundles (direction, at, name, parties, edits, households) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING number;
