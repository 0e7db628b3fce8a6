SELECT number FROM household_numbers WHERE digits >= ?1 AND digits < ?2;
