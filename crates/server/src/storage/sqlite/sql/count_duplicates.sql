SELECT count(*) FROM duplicate_pairs
WHERE first_commune IN (SELECT value FROM json_each(?1)) AND second_commune IN (SELECT value FROM json_each(?1))
  AND (?2 OR same_commune = 0)
