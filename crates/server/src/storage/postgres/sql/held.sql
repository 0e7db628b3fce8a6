WITH first AS (
    SELECT o.commune, o.household, bool_or(e.device = $1) AS signed, min(e.number) <= r.held AS held, min(e.number) <= r.offered AS offered
    FROM device_reach AS r
    JOIN household_edits AS o ON o.commune = r.commune
    JOIN edits AS e ON e.commune = o.commune AND e.number = o.number
    WHERE r.device = $1
    GROUP BY o.commune, o.household, r.held, r.offered
)
SELECT h.commune, h.household, h.head_name, h.code, h.village_name, h.members, h.citizen_id, h.state, h.class_2022, h.class_2027,
    h.unscored, h.conflicts, h.edits, h.last_received_at, h.merged_into, h.withdrawn, h.marks, f.signed, f.held, f.offered
FROM first AS f JOIN households AS h ON h.commune = f.commune AND h.household = f.household
ORDER BY (f.signed OR f.held) DESC, h.commune, h.village_name, h.search, h.household
LIMIT $2 OFFSET $3
