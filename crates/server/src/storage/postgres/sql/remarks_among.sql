SELECT DISTINCT e.commune, e.subject, w.household FROM unnest($1::text[], $2::bigint[], $3::uuid[]) AS w (commune, number, household)
JOIN edits AS e ON e.commune = w.commune AND e.number = w.number
WHERE e.kind = 'remark'
