INSERT INTO households (commune, household, head_name, search, code, village_name, members, citizen_id, state,
    class_2022, class_2027, unscored, conflicts, edits, last_received_at, withdrawn, name_order, marks)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
ON CONFLICT (commune, household) DO UPDATE SET head_name = excluded.head_name, search = excluded.search, code = excluded.code,
    village_name = excluded.village_name, members = excluded.members, citizen_id = excluded.citizen_id, state = excluded.state,
    class_2022 = excluded.class_2022, class_2027 = excluded.class_2027, unscored = excluded.unscored,
    conflicts = excluded.conflicts, edits = excluded.edits, last_received_at = excluded.last_received_at,
    withdrawn = excluded.withdrawn, name_order = excluded.name_order,
    marks = excluded.marks
