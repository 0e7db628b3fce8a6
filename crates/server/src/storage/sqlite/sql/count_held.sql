WITH first AS (
    SELECT o.commune, o.household, max(e.device = ?1) AS signed, min(e.number) <= r.held AS held
    FROM device_reach AS r JOIN household_edits AS o ON o.commune = r.commune JOIN edits AS e ON e.id = o.edit
    WHERE r.device = ?1
    GROUP BY o.commune, o.household
)
SELECT count(*), coalesce(sum(f.signed OR f.held), 0)
FROM first AS f JOIN households AS h ON h.commune = f.commune AND h.household = f.household
