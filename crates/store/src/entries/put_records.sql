INSERT INTO household_records (piece, records) VALUES (?1, ?2)
ON CONFLICT (piece) DO UPDATE SET records = excluded.records;
