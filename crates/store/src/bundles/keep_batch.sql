INSERT INTO batches (hash, device, bytes, signature, origin, state, kept_at, settled)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)
-- What was verified stands in place of what only claimed to be the same.
ON CONFLICT (hash) DO UPDATE SET device = excluded.device, signature = excluded.signature, state = excluded.state
WHERE batches.state = 'closed' AND excluded.state <> 'closed';
