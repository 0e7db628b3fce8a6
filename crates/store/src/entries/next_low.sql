SELECT low FROM household_orders WHERE list = ?1 AND low > ?2 ORDER BY low LIMIT 1;
