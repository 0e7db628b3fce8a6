DELETE FROM second_entries WHERE id = ?1;
