INSERT INTO paper_typists (interview, user) VALUES (?1, ?2) ON CONFLICT DO NOTHING;
