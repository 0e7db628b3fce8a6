SELECT receipt FROM edits WHERE custody = 'confirmed' AND receipt IS NOT NULL ORDER BY number DESC LIMIT 1;
