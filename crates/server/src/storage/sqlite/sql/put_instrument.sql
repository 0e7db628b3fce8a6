INSERT INTO instruments (hash, id, version, survey, choices, settings, imported_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (hash) DO NOTHING
