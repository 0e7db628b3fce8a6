SELECT bytes FROM blob_pieces WHERE hash = ?1 ORDER BY place;
