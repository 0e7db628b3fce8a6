SELECT hash, id, outcome, refused, receipt, receipt_signature FROM batches WHERE hash = ANY($1)
