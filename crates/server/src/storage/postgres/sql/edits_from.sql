SELECT batch, place, bytes, commune, number FROM edits
WHERE commune = $1 AND number > $2 AND kind IN ('household', 'interview')
ORDER BY number LIMIT $3
