INSERT INTO reference (kind, id, body) VALUES (?1, ?2, ?3)
ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body;
