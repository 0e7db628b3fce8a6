INSERT INTO batches (hash, device, signature, received_at, edits, outcome, refused, receipt, receipt_signature, bytes)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (hash) DO UPDATE SET outcome = ?6, refused = ?7, receipt = ?8, receipt_signature = ?9, bytes = ?10
RETURNING id
