INSERT INTO unindexed_households (commune, household, persons) VALUES (?1, ?2, ?3)
