SELECT EXISTS (SELECT 1 FROM unindexed_households)
