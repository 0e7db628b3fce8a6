SELECT number FROM households WHERE id = ?1 OR interview = ?1;
