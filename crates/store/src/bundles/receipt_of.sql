SELECT bytes, signature FROM carried_receipts WHERE batch = ?1;
