INSERT INTO feeds (commune) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING
