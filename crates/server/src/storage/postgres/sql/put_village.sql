INSERT INTO villages (commune, id, name, area_type, households) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (commune, id) DO UPDATE SET name = $3, area_type = $4, households = $5
