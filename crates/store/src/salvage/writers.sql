INSERT INTO main.writers (writer, seq, last_hash, began_at)
SELECT writer, seq, last_hash, began_at FROM lost.writers WHERE true ORDER BY number
ON CONFLICT (writer) DO UPDATE SET seq = excluded.seq, last_hash = excluded.last_hash WHERE excluded.seq > seq;
UPDATE main.clock SET (millis, counter) = (SELECT millis, counter FROM lost.clock)
WHERE (millis, counter) < (SELECT millis, counter FROM lost.clock);
