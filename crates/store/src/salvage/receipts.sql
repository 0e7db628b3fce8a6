INSERT OR IGNORE INTO main.receipts SELECT * FROM lost.receipts;
