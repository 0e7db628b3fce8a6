SELECT household, user FROM second_entries WHERE id = ?1;
