SELECT bytes FROM receipts ORDER BY received_at DESC, batch LIMIT ?1;
