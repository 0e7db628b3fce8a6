UPDATE households SET conflicts = ?2 WHERE id = ?1 AND conflicts <> ?2;
