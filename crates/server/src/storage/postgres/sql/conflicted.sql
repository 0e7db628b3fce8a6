SELECT household FROM households WHERE commune = $1 AND conflicts > 0 AND merged_into IS NULL AND NOT withdrawn
ORDER BY village_name, search, household
LIMIT $2
