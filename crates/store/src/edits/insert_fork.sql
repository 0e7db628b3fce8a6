INSERT INTO forked_edits (writer, seq, hash, subject_id, bytes, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6);
