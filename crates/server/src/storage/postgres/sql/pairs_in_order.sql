SELECT d.first, d.second, d.shared, a.commune, a.household, b.commune, b.household
FROM (
    SELECT first, second, shared FROM duplicate_pairs
    WHERE (first, second) > ($1, $2)
      AND ($3::text[] IS NULL OR first_commune = ANY($3::text[]) AND second_commune = ANY($3::text[]))
    ORDER BY first, second
    LIMIT $4
) AS d
JOIN indexed_households AS a ON a.id = d.first
JOIN indexed_households AS b ON b.id = d.second
ORDER BY d.first, d.second
