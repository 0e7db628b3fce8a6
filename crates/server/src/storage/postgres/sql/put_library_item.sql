INSERT INTO library_items
    (kind, hash, id, version, state, content, made_at, made_by, published_at, published_by, place, retired_at, retired_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (kind, hash) DO UPDATE
SET state = $5, published_at = $9, published_by = $10, place = $11, retired_at = $12, retired_by = $13
