INSERT INTO unindexed_households (commune, household) VALUES (?1, ?2) ON CONFLICT (commune, household) DO NOTHING
