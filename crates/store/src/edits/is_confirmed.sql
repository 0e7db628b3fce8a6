SELECT 1 FROM edits WHERE writer = ?1 AND seq = ?2 AND custody = 'confirmed';
