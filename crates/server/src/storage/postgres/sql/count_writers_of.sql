SELECT (SELECT count(*) FROM writers WHERE first_by = $1)
    + (SELECT count(DISTINCT writer) FROM refusals WHERE device = $1 AND seq = 1)
