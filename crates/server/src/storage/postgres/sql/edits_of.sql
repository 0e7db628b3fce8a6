SELECT e.batch, e.place, e.bytes, e.device, e.received_at, w.position
FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS w (commune, household, position)
JOIN household_edits AS h ON h.commune = w.commune AND h.household = w.household
JOIN edits AS e ON e.commune = h.commune AND e.number = h.number
ORDER BY w.position, e.writer, e.seq
