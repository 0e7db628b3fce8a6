SELECT w.commune, w.household, count(*) FROM unnest($1::text[], $2::uuid[]) AS w (commune, household)
JOIN household_edits AS h ON h.commune = w.commune AND h.household = w.household
GROUP BY w.commune, w.household
