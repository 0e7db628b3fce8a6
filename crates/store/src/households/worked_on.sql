WHERE h.interview = ?1 AND h.state = 'started' AND NOT h.hidden;
