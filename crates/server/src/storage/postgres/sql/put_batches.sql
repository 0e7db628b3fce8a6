INSERT INTO batches (id, hash, device, signature, received_at, edits, outcome, refused, receipt, receipt_signature, bytes)
SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::uuid[], $4::bytea[], $5::bigint[], $6::bigint[], $7::bytea[], $8::bool[],
    $9::bytea[], $10::bytea[], $11::bytea[])
ON CONFLICT (hash) DO UPDATE SET outcome = excluded.outcome, refused = excluded.refused, receipt = excluded.receipt,
    receipt_signature = excluded.receipt_signature, bytes = excluded.bytes
