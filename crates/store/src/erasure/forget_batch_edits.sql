DELETE FROM batch_edits WHERE batch = ?1;
