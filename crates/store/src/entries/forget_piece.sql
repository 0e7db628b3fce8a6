DELETE FROM household_orders WHERE piece = ?1;
