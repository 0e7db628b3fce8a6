SELECT id FROM households WHERE interview = ?1;
