SELECT commune, household, head_name, code, village_name, members, citizen_id, state, class_2022, class_2027, unscored,
    conflicts, edits, last_received_at, merged_into, withdrawn, marks
FROM households WHERE commune = $1 AND household = $2
