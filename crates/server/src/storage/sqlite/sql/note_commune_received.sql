INSERT INTO commune_received (commune, last_at) VALUES (?1, ?2)
ON CONFLICT (commune) DO UPDATE SET last_at = max(last_at, excluded.last_at)
