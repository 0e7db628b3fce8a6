INSERT INTO stale_households (commune, household) SELECT * FROM unnest($1::text[], $2::uuid[]) ON CONFLICT DO NOTHING
