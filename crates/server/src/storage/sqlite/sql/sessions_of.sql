SELECT token_hash, csrf, browser, opened_at, used_at FROM sessions WHERE user = ?1 ORDER BY used_at DESC, opened_at DESC
