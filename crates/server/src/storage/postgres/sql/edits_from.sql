SELECT batch, place, bytes, commune, number FROM edits
WHERE commune = $1 AND number > $2
ORDER BY number LIMIT $3
