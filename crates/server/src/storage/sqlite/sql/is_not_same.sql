SELECT EXISTS (SELECT 1 FROM not_same WHERE first = ?1 AND second = ?2)
