SELECT bytes FROM batches WHERE id = ?1
