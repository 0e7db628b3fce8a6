SELECT h.id, h.village, p.is_head, p.birth, p.citizen_id
FROM persons p
JOIN households h ON h.number = p.household
WHERE p.citizen_id = ?2 AND h.commune = ?1 AND NOT h.hidden
ORDER BY h.number;
