INSERT INTO given (commits, subject_id, path, value, moved, at, begins) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
