SELECT (SELECT count(*) FROM edits WHERE device = ?1 AND seq = 1)
    + (SELECT count(DISTINCT writer) FROM refusals WHERE device = ?1 AND seq = 1)
