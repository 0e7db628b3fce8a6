UPDATE set_aside SET refused_at = $2 WHERE device = $1 AND refused_at IS NULL
