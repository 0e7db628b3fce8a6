SELECT kind, hash, id, version, state, content, made_at, made_by, published_at, published_by, place, retired_at, retired_by
FROM library_items ORDER BY kind, made_at, place, hash
