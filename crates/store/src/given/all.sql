SELECT subject_id, path, value, moved, at, begins FROM given ORDER BY number;
