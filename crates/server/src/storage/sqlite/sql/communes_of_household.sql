-- Of every commune with households one look, as the table lies by commune.
WITH RECURSIVE present (commune) AS (
    SELECT min(commune) FROM households
    UNION ALL
    SELECT (SELECT min(households.commune) FROM households WHERE households.commune > present.commune)
    FROM present WHERE present.commune IS NOT NULL
)
SELECT commune FROM present
WHERE EXISTS (SELECT 1 FROM households WHERE households.commune = present.commune AND household = ?1)
ORDER BY commune
