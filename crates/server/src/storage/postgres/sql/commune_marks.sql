SELECT c.commune, c.mark, c.households, coalesce(r.last_at, 0)
FROM commune_counts AS c LEFT JOIN commune_received AS r ON r.commune = c.commune
ORDER BY c.commune, c.mark
