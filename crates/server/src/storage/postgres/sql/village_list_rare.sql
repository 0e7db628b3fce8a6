SELECT h.commune, h.household, h.head_name, h.code, h.village_name, h.members, h.citizen_id, h.state, h.class_2022, h.class_2027,
    h.unscored, h.conflicts, h.edits, h.last_received_at, h.merged_into, h.withdrawn, h.marks
FROM unnest($2::text[], $3::bytea[], $4::uuid[]) WITH ORDINALITY AS v (name, name_order, household, place)
CROSS JOIN LATERAL (
    SELECT * FROM households AS h
    WHERE h.commune = $1 AND h.village_name = v.name AND (h.name_order, h.household) > (v.name_order, v.household)
      AND (strpos(h.marks, ' conflict ') > 0 OR strpos(h.marks, ' returned ') > 0 OR strpos(h.marks, ' unscored ') > 0 OR strpos(h.marks, ' doubtful ') > 0
        OR strpos(h.marks, ' stage.complaint ') > 0 OR strpos(h.marks, ' stage.refused ') > 0 OR strpos(h.marks, ' stage.meeting_rejected ') > 0
    OR strpos(h.marks, ' late.') > 0)
      AND h.merged_into IS NULL AND NOT h.withdrawn
      AND strpos(h.marks, $6) > 0 AND strpos(h.marks, $7) > 0 AND strpos(h.marks, $8) > 0 AND strpos(h.marks, $9) > 0
      AND strpos(h.marks, $10) > 0 AND strpos(h.marks, $11) > 0 AND strpos(h.marks, $12) > 0 AND strpos(h.marks, $13) > 0
    ORDER BY h.name_order, h.household
    LIMIT $5
) AS h
ORDER BY v.place, h.name_order, h.household
LIMIT $5
