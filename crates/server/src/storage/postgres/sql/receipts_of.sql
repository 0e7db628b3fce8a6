SELECT receipt, receipt_signature FROM batches WHERE device = $1 ORDER BY received_at DESC, hash LIMIT $2
