UPDATE households SET returned = ?2 WHERE id = ?1 AND returned <> ?2;
