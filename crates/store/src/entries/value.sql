SELECT code FROM household_values WHERE kind = ?1 AND text = ?2;
