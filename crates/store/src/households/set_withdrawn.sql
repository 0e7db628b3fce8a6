UPDATE households SET withdrawn = ?2 WHERE id = ?1 AND withdrawn <> ?2;
