SELECT DISTINCT hash FROM blob_pieces;
