SELECT commune, id, name, area_type, households
FROM villages
WHERE ?1 IS NULL OR commune IN (SELECT value FROM json_each(?1))
ORDER BY commune, name, id
