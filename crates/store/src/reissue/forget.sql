DELETE FROM reissued WHERE writer = ?1 AND seq = ?2;
