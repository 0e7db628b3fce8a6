DELETE FROM not_same WHERE first = ?1 OR second = ?1;
