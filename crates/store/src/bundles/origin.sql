SELECT origin FROM batches WHERE hash = ?1;
