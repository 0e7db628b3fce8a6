INSERT INTO refusals (writer, seq, hash, code, device, received_at)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::text[], $5::uuid[], $6::bigint[])
ON CONFLICT (writer, seq, hash) DO NOTHING
