SELECT DISTINCT term FROM household_bits WHERE term >= ?1 AND term < ?2 ORDER BY term;
