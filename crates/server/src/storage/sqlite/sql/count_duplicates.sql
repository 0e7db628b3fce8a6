SELECT count(*)
FROM duplicate_pairs AS d
JOIN indexed_households AS a ON a.id = d.first
JOIN indexed_households AS b ON b.id = d.second
WHERE (?1 OR NOT d.same_commune)
  AND (?2 IS NULL OR a.commune IN (SELECT value FROM json_each(?2)) AND b.commune IN (SELECT value FROM json_each(?2)))
