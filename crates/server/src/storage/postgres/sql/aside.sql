SELECT bytes, signature, device, received_at, refused_at FROM set_aside
WHERE $1::uuid IS NULL OR device = $1 ORDER BY received_at, hash
