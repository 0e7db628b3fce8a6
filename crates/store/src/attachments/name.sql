INSERT INTO attachment_names (name, subject_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING;
