INSERT INTO snapshot_pieces (commune, number, place, bytes) VALUES ($1, $2, $3, $4)
