SELECT by_change FROM household_entries WHERE number = ?1;
