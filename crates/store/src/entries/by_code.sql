SELECT by_code FROM household_entries WHERE number = ?1;
