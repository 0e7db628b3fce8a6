UPDATE cursors SET path = ?2, at = ?3, commits = ?4
WHERE subject_id = ?1 AND turn = (SELECT max(turn) FROM cursors);
