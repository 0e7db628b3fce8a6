INSERT INTO exchange_edits (exchange, writer, seq) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING;
