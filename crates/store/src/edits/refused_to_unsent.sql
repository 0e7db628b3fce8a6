UPDATE edits SET custody = 'unsent', verdict_code = NULL, verdict_params = NULL WHERE custody = 'refused';
