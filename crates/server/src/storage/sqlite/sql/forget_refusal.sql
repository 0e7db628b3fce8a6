DELETE FROM refusals WHERE writer = ?1 AND seq = ?2 AND hash = ?3
