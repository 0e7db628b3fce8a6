SELECT coalesce(sum(length(bytes)), 0) FROM blob_pieces WHERE hash = ?1;
