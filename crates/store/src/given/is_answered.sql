SELECT 1 FROM given WHERE subject_id = ?1 AND NOT moved ORDER BY number DESC LIMIT 1;
