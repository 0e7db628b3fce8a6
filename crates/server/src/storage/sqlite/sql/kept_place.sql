SELECT hash FROM refusals WHERE writer = ?1 AND seq = ?2 AND hash <> ?3 AND device = ?4 LIMIT 1
