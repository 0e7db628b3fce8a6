INSERT INTO villages (commune, id, name, area, sort_key) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (commune, id) DO UPDATE SET name = excluded.name, area = excluded.area, sort_key = excluded.sort_key;
