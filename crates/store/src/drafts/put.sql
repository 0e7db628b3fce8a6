INSERT INTO draft_answers (subject_id, path, value, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (subject_id, path) DO UPDATE SET value = excluded.value, at = excluded.at;
