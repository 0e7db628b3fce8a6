INSERT INTO units (version, units_csv, old_to_new_csv, imported_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (version) DO UPDATE SET units_csv = $2, old_to_new_csv = $3, imported_at = $4
