INSERT INTO household_orders (list, low, numbers) VALUES (?1, ?2, ?3);
