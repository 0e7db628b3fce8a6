SELECT hash, id, toml FROM standards ORDER BY imported_at, number
