SELECT h.commune, h.household, h.head_name, h.code, h.village_name, h.members, h.citizen_id, h.state, h.class_2022, h.class_2027,
    h.unscored, h.conflicts, h.edits, h.last_received_at, h.merged_into, h.withdrawn, h.marks
FROM households AS h
WHERE (commune, household) > ($1, $2::uuid)
ORDER BY commune, household
LIMIT $3
