UPDATE edits SET custody = 'confirmed', receipt = ?4, verdict_code = NULL, verdict_params = NULL
WHERE writer = ?1 AND seq BETWEEN ?2 AND ?3 AND custody IN ('unsent', 'refused');
