INSERT INTO attachment_names (commune, name) SELECT * FROM unnest($1::text[], $2::bytea[]) ON CONFLICT DO NOTHING
