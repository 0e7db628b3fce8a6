SELECT d.shared, a.commune, a.household, b.commune, b.household
FROM (
    SELECT first, second, score, shared FROM duplicate_pairs
    ORDER BY score DESC, first, second
    LIMIT ?1 OFFSET ?2
) AS d
JOIN indexed_households AS a ON a.id = d.first
JOIN indexed_households AS b ON b.id = d.second
ORDER BY d.score DESC, d.first, d.second
