INSERT INTO refusals (writer, seq, hash, code, device, received_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (writer, seq, hash) DO NOTHING
