INSERT INTO households (commune, household, head_name, search, code, village_name, members, citizen_id, state,
    class_2022, class_2027, unscored, conflicts, edits, last_received_at, withdrawn, name_order, marks)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bool[], $17::bytea[], $18::text[])
ON CONFLICT (commune, household) DO UPDATE SET head_name = excluded.head_name, search = excluded.search, code = excluded.code,
    village_name = excluded.village_name, members = excluded.members, citizen_id = excluded.citizen_id, state = excluded.state,
    class_2022 = excluded.class_2022, class_2027 = excluded.class_2027, unscored = excluded.unscored,
    conflicts = excluded.conflicts, edits = excluded.edits, last_received_at = excluded.last_received_at,
    withdrawn = excluded.withdrawn, name_order = excluded.name_order,
    marks = excluded.marks
