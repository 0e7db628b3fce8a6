INSERT INTO ownerless_edits (commune, interview, number) SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[])
