SELECT piece, numbers FROM household_orders WHERE list = ?1 AND low <= ?2 ORDER BY low DESC LIMIT 1;
