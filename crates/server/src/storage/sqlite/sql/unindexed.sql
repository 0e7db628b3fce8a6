SELECT commune, household FROM unindexed_households LIMIT ?1
