INSERT INTO sessions (token_hash, user, csrf, browser, opened_at, used_at)
SELECT ?1, name, ?3, ?4, ?5, ?6 FROM users WHERE name = ?2 AND password_hash = ?7 AND disabled_at IS NULL
