INSERT INTO cursors (hash, positions) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING
