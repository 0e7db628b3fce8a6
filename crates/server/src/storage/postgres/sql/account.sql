SELECT name, role, password_hash FROM users WHERE name = $1
