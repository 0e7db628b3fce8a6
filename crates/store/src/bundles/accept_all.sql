UPDATE batch_edits SET accepted = 1 WHERE batch = ?1;
