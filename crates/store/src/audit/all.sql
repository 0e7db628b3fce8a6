SELECT number, entry, hash FROM audit ORDER BY number;
