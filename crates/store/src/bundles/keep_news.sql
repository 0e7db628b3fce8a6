INSERT INTO news (hash, bytes, signature, made_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (hash) DO NOTHING;
