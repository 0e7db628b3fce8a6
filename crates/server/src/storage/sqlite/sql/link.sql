SELECT EXISTS (SELECT 1 FROM edits WHERE writer = ?1 AND seq = ?2 AND hash = ?3)
    OR EXISTS (SELECT 1 FROM refusals WHERE writer = ?1 AND seq = ?2 AND hash = ?3)
