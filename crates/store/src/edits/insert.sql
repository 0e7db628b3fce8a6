INSERT INTO edits (writer, seq, hash, commune, kind, subject_id, bytes, recorded_at, custody)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);
