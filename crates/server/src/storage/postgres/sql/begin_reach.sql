INSERT INTO device_reach (device, commune) VALUES ($1, $2) ON CONFLICT DO NOTHING
