DELETE FROM household_numbers WHERE digits = ?1 AND number = ?2;
