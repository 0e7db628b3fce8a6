DELETE FROM second_entries WHERE household = ?1;
