SELECT u.name, u.role, u.communes, u.password_hash, u.must_change, u.created_at, u.last_login_at, u.disabled_at,
    s.csrf, s.browser, s.opened_at, s.used_at
FROM sessions AS s JOIN users AS u ON u.name = s.user WHERE s.token_hash = ?1 AND u.disabled_at IS NULL
