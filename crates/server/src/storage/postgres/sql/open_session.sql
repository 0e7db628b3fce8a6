INSERT INTO sessions (token_hash, "user", csrf, browser, opened_at, used_at)
SELECT $1::bytea, name, $3::text, $4::text, $5::bigint, $6::bigint
FROM users WHERE name = $2 AND password_hash = $7 AND disabled_at IS NULL FOR SHARE
