INSERT INTO users (name, role, password_hash, created_at) VALUES ($1, $2, $3, $4)
