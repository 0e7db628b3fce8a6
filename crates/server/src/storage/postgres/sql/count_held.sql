WITH first AS (
    SELECT o.commune, o.household, bool_or(e.device = $1) AS signed, min(e.number) <= r.held AS held, min(e.number) <= r.offered AS offered
    FROM device_reach AS r
    JOIN household_edits AS o ON o.commune = r.commune
    JOIN edits AS e ON e.commune = o.commune AND e.number = o.number
    WHERE r.device = $1
    GROUP BY o.commune, o.household, r.held, r.offered
)
SELECT count(*), count(*) FILTER (WHERE f.signed OR f.held)
FROM first AS f JOIN households AS h ON h.commune = f.commune AND h.household = f.household
