DELETE FROM refusals AS r USING unnest($1::uuid[], $2::bigint[], $3::bytea[]) AS w (writer, seq, hash)
WHERE r.writer = w.writer AND r.seq = w.seq AND r.hash = w.hash
