INSERT INTO carried_receipts (batch, device, bytes, signature, server_time) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (batch) DO UPDATE SET
    device = excluded.device, bytes = excluded.bytes, signature = excluded.signature, server_time = excluded.server_time
WHERE excluded.server_time >= carried_receipts.server_time;
