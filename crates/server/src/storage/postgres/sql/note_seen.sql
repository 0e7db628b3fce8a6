UPDATE devices SET last_seen_at = greatest(coalesce(last_seen_at, $2), $2), edits = edits + $3, health = coalesce($4, health) WHERE id = $1
