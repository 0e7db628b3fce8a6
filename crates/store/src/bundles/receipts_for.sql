SELECT bytes, signature FROM carried_receipts WHERE device = ?1 ORDER BY server_time DESC, batch LIMIT ?2;
