INSERT INTO receipts (batch, bytes, server_time, received_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (batch) DO UPDATE SET
    bytes = excluded.bytes, server_time = excluded.server_time, received_at = excluded.received_at
WHERE excluded.server_time > receipts.server_time;
