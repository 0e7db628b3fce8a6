SELECT count(*)
FROM duplicate_pairs AS d
JOIN indexed_households AS a ON a.id = d.first
JOIN indexed_households AS b ON b.id = d.second
WHERE ($1 OR NOT d.same_commune) AND a.commune = ANY($2::text[]) AND b.commune = ANY($2::text[])
