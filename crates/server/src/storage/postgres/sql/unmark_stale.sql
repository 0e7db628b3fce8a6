DELETE FROM stale_households AS s USING unnest($1::text[], $2::uuid[]) AS w (commune, household)
WHERE s.commune = w.commune AND s.household = w.household
