SELECT h.id, h.village, p.is_head, p.birth, p.citizen_id
FROM persons p
JOIN households h ON h.number = p.household
WHERE p.name = ?2 AND p.is_head AND h.commune = ?1 AND NOT h.hidden
ORDER BY h.number;
