SELECT village_name, min(households) FROM village_counts
WHERE commune = ?1 AND mark IN (SELECT value FROM json_each(?2)) AND (?3 IS NULL OR village_name = ?3)
GROUP BY village_name
HAVING count(*) = (SELECT count(*) FROM json_each(?2))
