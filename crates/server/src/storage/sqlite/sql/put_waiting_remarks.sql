INSERT INTO interviews (commune, interview, household)
SELECT DISTINCT w.commune, e.subject, ?3
FROM ownerless_edits AS w JOIN edits AS e ON e.id = w.edit
WHERE w.commune = ?1 AND w.interview = ?2 AND e.kind = 'remark'
ON CONFLICT (commune, interview) DO NOTHING
RETURNING interview
