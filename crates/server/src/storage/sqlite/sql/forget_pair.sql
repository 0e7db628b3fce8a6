DELETE FROM duplicate_pairs WHERE EXISTS (
    SELECT 1 FROM indexed_households AS a, indexed_households AS b
    WHERE a.id = duplicate_pairs.first AND b.id = duplicate_pairs.second
      AND ((a.household = ?1 AND b.household = ?2) OR (a.household = ?2 AND b.household = ?1))
)
