INSERT INTO standards (hash, id, toml, imported_at) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING
