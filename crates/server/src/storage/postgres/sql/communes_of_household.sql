-- Of every commune that has a feed one look, as the table lies by commune.
SELECT f.commune FROM feeds AS f
WHERE EXISTS (SELECT 1 FROM households AS h WHERE h.commune = f.commune AND h.household = $1)
ORDER BY f.commune LIMIT 1
