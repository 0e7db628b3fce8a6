UPDATE batches SET settled = ?2 WHERE hash = ?1;
