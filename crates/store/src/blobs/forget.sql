DELETE FROM blob_pieces WHERE hash = ?1;
