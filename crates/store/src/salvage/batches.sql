INSERT OR IGNORE INTO main.batches (hash, device, bytes, signature, origin, state, kept_at, settled)
SELECT hash, device, bytes, signature, origin, state, kept_at, settled
FROM lost.batches
WHERE number BETWEEN ?1 AND ?2
ORDER BY number;
