SELECT id, name, area_type, households FROM villages WHERE commune = $1 ORDER BY name, id
