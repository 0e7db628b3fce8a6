INSERT INTO communes (code, name, kind, sort_key) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, sort_key = excluded.sort_key;
