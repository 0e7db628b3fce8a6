SELECT count(*) FROM duplicate_pairs WHERE same_commune <= ?1
