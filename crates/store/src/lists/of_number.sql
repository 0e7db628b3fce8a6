WHERE h.number = ?1;
