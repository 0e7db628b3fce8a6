SELECT text, code FROM household_values WHERE kind = ?1;
