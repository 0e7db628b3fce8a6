SELECT by_name FROM household_entries WHERE number = ?1;
