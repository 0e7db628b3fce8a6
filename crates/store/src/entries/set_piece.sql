UPDATE household_orders SET numbers = ?2 WHERE piece = ?1;
