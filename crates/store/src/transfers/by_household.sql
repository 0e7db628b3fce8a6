-- What `moved` comes to, household by household; what moved stands before it.
placed AS (
    SELECT h.number AS household, m.custody, m.number FROM moved m JOIN households h ON h.id = m.subject_id
    UNION ALL
    SELECT h.number, m.custody, m.number FROM moved m JOIN households h ON h.interview = m.subject_id
),
counted AS (
    SELECT
        household,
        count(*) AS edits,
        sum(custody IN ('confirmed', 'foreign')) AS confirmed,
        sum(custody = 'refused') AS refused,
        max(CASE WHEN custody = 'refused' THEN number END) AS last_refused
    FROM placed
    GROUP BY household
)
SELECT h.id, h.head_name, coalesce(v.name, ''), c.edits, c.confirmed, c.refused, r.verdict_code, r.verdict_params
FROM counted c
JOIN households h ON h.number = c.household
LEFT JOIN villages v ON v.commune = h.commune AND v.id = h.village
LEFT JOIN edits r ON r.number = c.last_refused
ORDER BY h.sort_key, h.number;
