SELECT commune, min(households) FROM commune_counts
WHERE mark IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR commune IN (SELECT value FROM json_each(?2)))
GROUP BY commune
HAVING count(*) = (SELECT count(*) FROM json_each(?1))
ORDER BY commune
