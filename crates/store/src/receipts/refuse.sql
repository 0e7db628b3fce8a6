UPDATE edits SET custody = 'refused', receipt = ?5, verdict_code = ?3, verdict_params = ?4
WHERE writer = ?1 AND seq = ?2 AND custody = 'unsent';
