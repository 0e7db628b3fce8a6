INSERT INTO bundle_batches (bundle, batch) VALUES (?1, ?2) ON CONFLICT DO NOTHING;
