SELECT h.id, h.commune, h.village, p.member, p.is_head, p.name, p.birth, p.citizen_id
FROM households h
JOIN persons p ON p.household = h.number
WHERE h.id = ?1 AND NOT h.hidden
ORDER BY p.member;
