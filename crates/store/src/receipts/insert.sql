INSERT INTO receipts (batch, bytes, server_time, received_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (batch) DO NOTHING;
