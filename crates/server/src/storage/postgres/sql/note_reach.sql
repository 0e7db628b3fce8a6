INSERT INTO device_reach AS known (device, commune, offered, held)
SELECT w.device, w.commune, w.offered, w.held
FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[]) AS w (device, commune, offered, held)
LEFT JOIN device_reach AS k ON k.device = w.device AND k.commune = w.commune
WHERE k.device IS NULL OR w.offered > k.offered OR w.held > k.held
ORDER BY w.device, w.commune
ON CONFLICT (device, commune) DO UPDATE SET offered = greatest(known.offered, excluded.offered), held = greatest(known.held, excluded.held)
WHERE excluded.offered > known.offered OR excluded.held > known.held
