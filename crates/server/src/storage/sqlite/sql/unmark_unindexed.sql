DELETE FROM unindexed_households WHERE commune = ?1 AND household = ?2
