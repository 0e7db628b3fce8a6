SELECT path, at FROM cursors WHERE subject_id = ?1;
