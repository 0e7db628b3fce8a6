SELECT hash, device, bytes, signature FROM batches WHERE origin = 'own' AND device = ?1 ORDER BY number;
