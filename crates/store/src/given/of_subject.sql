SELECT subject_id, path, value, moved, at, begins FROM given WHERE subject_id = ?1 ORDER BY number;
