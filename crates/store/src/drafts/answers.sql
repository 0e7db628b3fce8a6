SELECT path, value, at FROM draft_answers WHERE subject_id = ?1;
