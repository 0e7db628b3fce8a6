INSERT INTO drafts (subject_id, commune, kind, seen, began_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO NOTHING;
