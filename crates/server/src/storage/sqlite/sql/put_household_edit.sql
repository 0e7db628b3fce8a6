INSERT INTO household_edits (commune, household, edit) VALUES (?1, ?2, ?3)
ON CONFLICT (commune, household, edit) DO NOTHING
