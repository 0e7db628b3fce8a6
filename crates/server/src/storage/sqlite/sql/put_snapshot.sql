INSERT INTO snapshots (commune, number, hash, size, bytes) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (commune, number) DO NOTHING
