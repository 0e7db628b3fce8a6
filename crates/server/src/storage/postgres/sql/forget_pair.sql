DELETE FROM duplicate_pairs AS d USING indexed_households AS a, indexed_households AS b
WHERE a.id = d.first AND b.id = d.second
  AND ((a.household = $1 AND b.household = $2) OR (a.household = $2 AND b.household = $1))
