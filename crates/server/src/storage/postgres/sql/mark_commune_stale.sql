INSERT INTO stale_households (commune, household) SELECT commune, household FROM households WHERE commune = $1
ON CONFLICT DO NOTHING
