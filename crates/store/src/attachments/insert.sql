INSERT INTO attachments (name, origin, size, have, confirmed, added_at) VALUES (?1, ?2, ?3, ?4, 0, ?5) RETURNING number;
