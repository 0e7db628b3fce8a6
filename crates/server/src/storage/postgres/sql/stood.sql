SELECT l.marks
FROM unnest($2::text[], $3::uuid[]) WITH ORDINALITY AS asked (commune, household, place)
LEFT JOIN round_snapshot_lines AS l
    ON l.number = $1 AND l.commune = asked.commune AND l.household = asked.household
ORDER BY asked.place
