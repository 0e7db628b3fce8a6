SELECT batch, place, bytes, number FROM edits
WHERE commune = ?1 AND number > ?2 AND (?3 IS NULL OR device <> ?3 OR number <= ?4)
ORDER BY number
