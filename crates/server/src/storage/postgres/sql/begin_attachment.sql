INSERT INTO attachments (name, commune, device, size, have, whole, begun_at) VALUES ($1, $2, $3, $4, 0, FALSE, $5)
