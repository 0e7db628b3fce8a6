UPDATE batch_edits SET accepted = 1 WHERE batch = ?1 AND writer = ?2 AND seq BETWEEN ?3 AND ?4;
