DELETE FROM ownerless_edits AS o USING unnest($1::text[], $2::uuid[]) AS w (commune, interview)
WHERE o.commune = w.commune AND o.interview = w.interview
RETURNING o.commune, o.interview, o.number
