UPDATE users SET last_login_at = ?2 WHERE name = ?1
