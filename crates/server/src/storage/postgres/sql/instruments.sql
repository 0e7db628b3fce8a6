SELECT hash, id, version, survey, choices, settings, files FROM instruments ORDER BY imported_at, number
