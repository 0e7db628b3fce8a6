SELECT commune, basis, feed_end, made_at, CASE WHEN ?3 THEN x'' ELSE cases END
FROM report_cases
WHERE number = ?1 AND (?2 IS NULL OR commune IN (SELECT value FROM json_each(?2)))
ORDER BY commune
