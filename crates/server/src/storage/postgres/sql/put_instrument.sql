INSERT INTO instruments (hash, id, version, survey, choices, settings, files, imported_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (hash) DO NOTHING
