SELECT bytes FROM edits WHERE writer = ?1 AND seq >= ?2 AND custody IN ('unsent', 'refused') ORDER BY seq;
