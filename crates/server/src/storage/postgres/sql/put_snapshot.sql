INSERT INTO snapshots (commune, number, hash, size) VALUES ($1, $2, $3, $4) ON CONFLICT (commune, number) DO NOTHING
