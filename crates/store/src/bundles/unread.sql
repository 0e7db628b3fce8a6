SELECT hash, device, bytes, signature FROM batches WHERE origin = 'collected' AND state <> 'taken' ORDER BY number;
