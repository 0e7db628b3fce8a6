INSERT INTO library_number (one, number) VALUES (1, 0) ON CONFLICT DO NOTHING
