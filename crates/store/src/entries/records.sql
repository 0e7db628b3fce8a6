SELECT records FROM household_records WHERE piece = ?1;
