SELECT writer, seq FROM batch_edits WHERE batch = ?1 ORDER BY writer, seq;
