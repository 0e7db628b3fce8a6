INSERT INTO sessions (token_hash, "user", csrf, browser, opened_at, used_at) VALUES ($1, $2, $3, $4, $5, $6)
