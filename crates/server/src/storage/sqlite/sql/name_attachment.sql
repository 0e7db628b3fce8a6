INSERT INTO attachment_names (commune, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING
