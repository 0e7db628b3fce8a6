SELECT id FROM households WHERE keyed = 0 ORDER BY number;
