INSERT INTO tokens (id, name, token_hash, tables, communes, citizen_ids, made_by, made_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
