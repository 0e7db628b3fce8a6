SELECT i.commune, i.interview, i.household FROM unnest($1::text[], $2::uuid[]) AS w (commune, interview)
JOIN interviews AS i ON i.commune = w.commune AND i.interview = w.interview
