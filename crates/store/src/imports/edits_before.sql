SELECT bytes FROM edits WHERE subject_id = ?1 AND number < ?2 ORDER BY number;
