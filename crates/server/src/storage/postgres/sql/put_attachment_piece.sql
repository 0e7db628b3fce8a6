INSERT INTO attachment_pieces (name, place, bytes) VALUES ($1, $2, $3)
