INSERT INTO device_communes (commune, device) VALUES ($1, $2) ON CONFLICT (commune, device) DO NOTHING
