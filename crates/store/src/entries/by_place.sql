SELECT by_place FROM household_entries WHERE number = ?1;
