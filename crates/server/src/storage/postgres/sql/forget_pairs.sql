DELETE FROM duplicate_pairs WHERE first = ANY($1) OR second = ANY($1)
