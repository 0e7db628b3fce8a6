SELECT v.commune, v.village_name, min(v.households)
FROM village_counts AS v
WHERE v.mark = ANY($1::text[])
  AND ($2::text[] IS NULL OR v.commune = ANY($2::text[]))
  AND ($3::text IS NULL OR v.village_name = $3::text)
  AND NOT EXISTS (
    SELECT 1 FROM unnest($4::text[]) AS day
    WHERE NOT EXISTS (SELECT 1 FROM commune_counts AS c WHERE c.commune = v.commune AND c.mark = day)
  )
GROUP BY v.commune, v.village_name
HAVING count(*) = cardinality($1::text[])
