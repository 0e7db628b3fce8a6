INSERT INTO links (writer, seq, hash) SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bytea[])
