SELECT bits FROM household_bits WHERE term = ?1 AND block = ?2;
