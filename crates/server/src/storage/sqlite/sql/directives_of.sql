SELECT number, kind, key, content, said_by, said_at FROM directives WHERE kind = ?1 AND key = ?2 ORDER BY number DESC
