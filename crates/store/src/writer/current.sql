SELECT w.writer, w.seq, w.last_hash, c.millis, c.counter
FROM writers w, clock c
ORDER BY w.number DESC
LIMIT 1;
