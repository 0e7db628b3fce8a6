INSERT INTO not_same (first, second, said_by, said_at) VALUES ($1, $2, $3, $4) ON CONFLICT (first, second) DO NOTHING
