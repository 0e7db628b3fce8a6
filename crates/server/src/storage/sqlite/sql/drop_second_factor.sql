DELETE FROM second_factors WHERE user = ?1
