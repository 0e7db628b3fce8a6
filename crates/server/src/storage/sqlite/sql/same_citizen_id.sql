SELECT DISTINCT household FROM persons WHERE citizen_id = ?1 AND household <> ?2 LIMIT ?3
