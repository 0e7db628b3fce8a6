UPDATE cursors SET commits = ?1 WHERE turn = (SELECT max(turn) FROM cursors);
