SELECT id FROM households WHERE merged_into = ?1 ORDER BY sort_key, id;
