SELECT failures, last_at FROM login_failures WHERE name = $1
