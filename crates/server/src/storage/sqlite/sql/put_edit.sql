INSERT INTO edits (commune, number, writer, seq, hash, kind, subject, device, received_at, batch, place, bytes)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
