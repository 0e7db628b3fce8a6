UPDATE devices AS d SET last_seen_at = greatest(coalesce(d.last_seen_at, w.at), w.at), edits = d.edits + w.edits
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS w (id, at, edits) WHERE d.id = w.id
