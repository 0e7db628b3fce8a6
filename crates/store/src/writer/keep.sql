UPDATE writers SET seq = ?2, last_hash = ?3 WHERE writer = ?1;
