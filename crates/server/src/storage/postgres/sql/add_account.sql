INSERT INTO users (name, role, communes, password_hash, must_change, created_at) VALUES ($1, $2, $3, $4, $5, $6)
