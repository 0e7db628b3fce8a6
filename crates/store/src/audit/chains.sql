SELECT writer, seq, hash, bytes FROM edits
UNION ALL
SELECT writer, seq, hash, NULL FROM erased_edits
ORDER BY writer, seq;
