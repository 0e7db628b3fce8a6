SELECT count(*) FROM edits WHERE commune = ?1 AND household = ?2
