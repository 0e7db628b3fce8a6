INSERT INTO ownerless_edits (commune, interview, edit) VALUES (?1, ?2, ?3)
ON CONFLICT (commune, interview, edit) DO NOTHING
