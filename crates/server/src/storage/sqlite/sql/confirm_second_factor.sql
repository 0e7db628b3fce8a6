UPDATE second_factors SET confirmed_at = ?3, last_step = ?2 WHERE user = ?1 AND confirmed_at IS NULL
