UPDATE edits SET household = ?3 WHERE commune = ?1 AND subject = ?2 AND household IS NULL
