INSERT INTO households (
    id, interview, commune, village, head_name, sort_key, code, address, citizen_id, members, previous_class,
    state, class, provisional, findings, answered, questions
) VALUES (
    :id, :interview, :commune, :village, :head_name, :sort_key, :code, :address, :citizen_id, :members, :previous_class,
    'listed', NULL, 0, 0, 0, 0
)
ON CONFLICT (id) DO UPDATE SET
    interview = excluded.interview,
    commune = excluded.commune,
    village = excluded.village,
    head_name = excluded.head_name,
    sort_key = excluded.sort_key,
    code = excluded.code,
    address = excluded.address,
    citizen_id = excluded.citizen_id,
    members = excluded.members,
    previous_class = excluded.previous_class
RETURNING number;
