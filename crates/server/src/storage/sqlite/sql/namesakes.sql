SELECT DISTINCT household FROM persons WHERE folded = ?1 AND birth = ?2 AND household <> ?3 LIMIT ?4
