SELECT s."user", s.csrf, s.opened_at, s.used_at, u.role, u.password_hash
FROM sessions AS s JOIN users AS u ON u.name = s."user" WHERE s.token_hash = $1
