INSERT INTO stale_households (commune, household) SELECT commune, household FROM households WHERE true ON CONFLICT DO NOTHING
