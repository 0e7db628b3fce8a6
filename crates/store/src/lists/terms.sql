SELECT block, bits FROM household_bits WHERE term >= ?1 AND term < ?2;
