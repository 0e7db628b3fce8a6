SELECT numbers FROM household_orders WHERE list = ?1 ORDER BY low;
