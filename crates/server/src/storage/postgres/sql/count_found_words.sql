SELECT count(*) FROM (SELECT 1 FROM household_words WHERE words @@ ($1::text)::tsquery LIMIT $2) AS f
