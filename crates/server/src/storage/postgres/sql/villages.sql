SELECT commune, id, name, area_type, households
FROM villages
WHERE $1::text[] IS NULL OR commune = ANY($1)
ORDER BY commune, name, id
