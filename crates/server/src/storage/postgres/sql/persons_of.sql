SELECT p.household, i.commune, i.household, h.village_name, p.member, p.is_head, p.name, p.folded, p.birth, p.citizen_id
FROM persons AS p
JOIN indexed_households AS i ON i.id = p.household
JOIN households AS h ON h.commune = i.commune AND h.household = i.household
WHERE p.household = ANY($1)
