UPDATE users SET role = $2, communes = $3, password_hash = $4, must_change = $5, disabled_at = $6 WHERE name = $1
