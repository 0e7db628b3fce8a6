INSERT INTO batch_edits (batch, writer, seq, accepted) VALUES (?1, ?2, ?3, 0) ON CONFLICT DO NOTHING;
