DELETE FROM duplicate_pairs WHERE first = ?1 OR second = ?1
