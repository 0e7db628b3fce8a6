SELECT batch, place, bytes, id FROM edits WHERE id BETWEEN ?1 AND ?2 ORDER BY id
