SELECT h.commune, h.household, h.head_name, h.code, h.village_name, h.members, h.citizen_id, h.state, h.class_2022, h.class_2027,
    h.unscored, h.conflicts, h.edits, h.last_received_at, h.merged_into, h.withdrawn, h.marks
FROM unnest($1::text[], $2::uuid[]) AS w (commune, household)
JOIN households AS h ON h.commune = w.commune AND h.household = w.household
