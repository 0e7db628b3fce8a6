INSERT INTO former_keys (device, number, verify_key, succeeded_at) VALUES ($1, $2, $3, $4)
