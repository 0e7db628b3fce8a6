SELECT outcome, refused, receipt, receipt_signature FROM batches WHERE hash = ?1
