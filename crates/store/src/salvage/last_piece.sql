SELECT coalesce(max(rowid), 0) FROM lost.attachment_pieces;
