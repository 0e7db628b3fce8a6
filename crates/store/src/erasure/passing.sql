-- What was kept to be passed on, or to be fetched on: the province has all of it.
DELETE FROM news;
DELETE FROM blob_pieces;
