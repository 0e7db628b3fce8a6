SELECT l.writer, l.seq FROM unnest($1::uuid[], $2::bigint[]) AS w (writer, seq)
JOIN links AS l ON l.writer = w.writer AND l.seq = w.seq
