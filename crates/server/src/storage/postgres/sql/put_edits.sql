INSERT INTO edits (commune, number, writer, seq, kind, subject, device, received_at, batch, place, bytes)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::bigint[], $5::text[], $6::uuid[], $7::uuid[], $8::bigint[],
    $9::bigint[], $10::bigint[], $11::bytea[])
