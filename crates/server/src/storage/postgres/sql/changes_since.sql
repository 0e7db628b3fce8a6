SELECT e.batch, e.place, e.bytes, e.number FROM edits AS e
WHERE e.commune = $1 AND e.number > $2 AND ($3::uuid IS NULL OR e.device <> $3 OR e.number <= $4)
ORDER BY e.number
LIMIT $5
