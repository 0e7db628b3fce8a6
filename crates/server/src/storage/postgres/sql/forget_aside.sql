DELETE FROM set_aside WHERE hash = $1 AND EXISTS (SELECT 1 FROM batches WHERE hash = $1 AND NOT refused)
