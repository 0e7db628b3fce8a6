UPDATE edits SET custody = 'foreign', receipt = NULL, verdict_code = NULL, verdict_params = NULL WHERE writer = ?1 AND seq = ?2;
