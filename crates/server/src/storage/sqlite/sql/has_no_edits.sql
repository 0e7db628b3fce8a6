SELECT NOT EXISTS (SELECT 1 FROM edits WHERE commune = ?1 AND household = ?2)
