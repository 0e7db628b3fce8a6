SELECT h.id
FROM persons p
JOIN households h ON h.number = p.household
WHERE p.name = nullif(?1, '')
UNION
SELECT h.id
FROM persons p
JOIN households h ON h.number = p.household
WHERE p.citizen_id = ?2;
