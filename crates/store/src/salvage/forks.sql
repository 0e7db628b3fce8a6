-- An edit of a number that the backup knows another edit of.
INSERT OR IGNORE INTO main.forked_edits
SELECT l.writer, l.seq, l.hash, l.subject_id, l.bytes, l.recorded_at
FROM lost.edits l
JOIN main.edits m ON m.writer = l.writer AND m.seq = l.seq AND m.hash <> l.hash;
