SELECT count(*) FROM duplicate_pairs
WHERE first_commune = ANY($1::text[]) AND second_commune = ANY($1::text[]) AND ($2 OR NOT same_commune)
