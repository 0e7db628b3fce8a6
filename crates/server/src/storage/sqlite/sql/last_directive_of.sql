SELECT coalesce(max(number), 0) FROM directives WHERE kind = ?1 AND key = ?2
