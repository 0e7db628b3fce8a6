WITH first AS (
    SELECT e.commune, e.household, max(e.device = ?1) AS signed, min(e.number) <= r.held AS held
    FROM device_reach AS r JOIN edits AS e ON e.commune = r.commune
    WHERE r.device = ?1 AND e.household IS NOT NULL
    GROUP BY e.commune, e.household
)
SELECT count(*), coalesce(sum(f.signed OR f.held), 0)
FROM first AS f JOIN households AS h ON h.commune = f.commune AND h.household = f.household
