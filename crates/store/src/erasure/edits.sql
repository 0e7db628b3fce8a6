DELETE FROM edits WHERE subject_id = ?1;
