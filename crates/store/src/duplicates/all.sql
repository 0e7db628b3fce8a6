SELECT h.id, h.commune, h.village, p.member, p.is_head, p.name, p.birth, p.citizen_id
FROM persons p
JOIN households h ON h.number = p.household
WHERE NOT h.hidden
ORDER BY h.number, p.member;
