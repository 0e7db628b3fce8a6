INSERT INTO erased_edits (writer, seq, hash, subject_id)
SELECT writer, seq, hash, subject_id FROM edits WHERE subject_id = ?1
ON CONFLICT DO NOTHING;
