INSERT INTO writers (writer) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING
