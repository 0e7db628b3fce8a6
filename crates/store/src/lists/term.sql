SELECT block, bits FROM household_bits WHERE term = ?1;
