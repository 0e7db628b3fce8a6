SELECT numbers FROM household_orders WHERE list = 'change' ORDER BY low DESC LIMIT 1;
