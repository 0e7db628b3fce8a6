SELECT count(*) FROM households
WHERE commune = ?1 AND merged_into IS NULL AND NOT withdrawn
  AND NOT EXISTS (SELECT 1 FROM json_each(?2) AS word WHERE instr(households.search, word.value) = 0)
