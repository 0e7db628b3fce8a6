SELECT id, bytes FROM batches WHERE id = ANY($1)
