SELECT id, commune, household, persons FROM unindexed_households ORDER BY id LIMIT ?1
