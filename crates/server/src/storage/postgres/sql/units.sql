SELECT version, units_csv, old_to_new_csv FROM units ORDER BY version DESC LIMIT 1
