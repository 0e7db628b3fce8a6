SELECT piece, records FROM household_records;
