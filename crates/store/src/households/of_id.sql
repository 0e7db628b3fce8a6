WHERE h.id = ?1;
