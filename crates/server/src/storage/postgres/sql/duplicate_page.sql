SELECT d.shared, a.commune, a.household, b.commune, b.household
FROM duplicate_pairs AS d
JOIN indexed_households AS a ON a.id = d.first
JOIN indexed_households AS b ON b.id = d.second
WHERE ($1 OR NOT d.same_commune) AND ($2::text[] IS NULL OR a.commune = ANY($2::text[]) AND b.commune = ANY($2::text[]))
ORDER BY d.score DESC, d.first, d.second
LIMIT $3 OFFSET $4
