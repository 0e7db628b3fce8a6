INSERT INTO device_reach AS known (device, commune, offered, held) VALUES ($1, $2, $3, $4)
ON CONFLICT (device, commune) DO UPDATE SET offered = greatest(known.offered, excluded.offered), held = greatest(known.held, excluded.held)
WHERE excluded.offered > known.offered OR excluded.held > known.held
