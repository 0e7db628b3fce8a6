SELECT commune, min(households) FROM commune_counts
WHERE mark = ANY($1::text[]) AND ($2::text[] IS NULL OR commune = ANY($2::text[]))
GROUP BY commune
HAVING count(*) = cardinality($1::text[])
ORDER BY commune
