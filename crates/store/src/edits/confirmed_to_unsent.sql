UPDATE edits
SET custody = 'unsent', verdict_code = NULL, verdict_params = NULL
WHERE (custody = 'confirmed' OR (custody = 'refused' AND verdict_code = 'broken_chain'))
    AND (?1 IS NULL OR writer = ?1);
