DELETE FROM not_same WHERE first = ?1;
