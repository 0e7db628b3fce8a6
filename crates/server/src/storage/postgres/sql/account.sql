SELECT name, role, communes, password_hash, must_change, created_at, last_login_at, disabled_at FROM users WHERE name = $1
