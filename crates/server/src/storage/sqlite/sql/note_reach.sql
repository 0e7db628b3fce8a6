INSERT INTO device_reach (device, commune, offered, held) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (device, commune) DO UPDATE SET offered = max(offered, excluded.offered), held = max(held, excluded.held)
WHERE excluded.offered > offered OR excluded.held > held
