DELETE FROM batches WHERE hash = ?1;
