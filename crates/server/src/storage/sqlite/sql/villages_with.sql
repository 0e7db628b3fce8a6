SELECT v.commune, v.village_name, min(v.households)
FROM village_counts AS v
WHERE v.mark IN (SELECT value FROM json_each(?1))
  AND (?2 IS NULL OR v.commune IN (SELECT value FROM json_each(?2)))
  AND (?3 IS NULL OR v.village_name = ?3)
  AND NOT EXISTS (
    SELECT 1 FROM json_each(?4) AS day
    WHERE NOT EXISTS (SELECT 1 FROM commune_counts AS c WHERE c.commune = v.commune AND c.mark = day.value)
  )
GROUP BY v.commune, v.village_name
HAVING count(*) = (SELECT count(*) FROM json_each(?1))
