SELECT t.id, t.name, t.token_hash, t.tables, t.communes, t.citizen_ids, t.made_by, t.made_at, t.expires_at, t.revoked_at,
    t.last_used_at, (SELECT CAST(coalesce(sum(d.uses), 0) AS BIGINT) FROM token_days AS d WHERE d.token = t.id)
FROM tokens AS t ORDER BY t.made_at DESC, t.id
