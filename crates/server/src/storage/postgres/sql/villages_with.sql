SELECT village_name, min(households) FROM village_counts
WHERE commune = $1 AND mark = ANY($2::text[]) AND ($3::text IS NULL OR village_name = $3::text)
GROUP BY village_name
HAVING count(*) = cardinality($2::text[])
