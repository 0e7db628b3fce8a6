INSERT INTO set_aside (hash, device, signature, bytes, edits, received_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (hash) DO NOTHING
