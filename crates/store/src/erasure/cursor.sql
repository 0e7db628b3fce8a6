DELETE FROM cursors WHERE subject_id = ?1;
