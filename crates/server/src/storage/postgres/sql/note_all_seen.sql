UPDATE devices AS d SET last_seen_at = greatest(coalesce(d.last_seen_at, w.at), w.at), edits = d.edits + w.edits, health = coalesce(w.health, d.health)
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[]) AS w (id, at, edits, health) WHERE d.id = w.id
