SELECT writer, max(seq) FROM edits WHERE subject_id = ?1 GROUP BY writer;
