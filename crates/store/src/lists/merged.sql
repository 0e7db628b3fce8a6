SELECT number FROM households WHERE merged_into IS NOT NULL AND custody = ?1 ORDER BY sort_key, id LIMIT ?2;
