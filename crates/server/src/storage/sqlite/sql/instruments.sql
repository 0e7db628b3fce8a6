SELECT hash, id, version, survey, choices, settings FROM instruments ORDER BY imported_at, rowid
