INSERT OR IGNORE INTO household_numbers (digits, number) VALUES (?1, ?2);
