SELECT household FROM households WHERE commune = ?1 AND conflicts > 0
ORDER BY village_name, search, household
LIMIT ?2
