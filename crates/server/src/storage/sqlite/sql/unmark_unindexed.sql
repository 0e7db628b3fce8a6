DELETE FROM unindexed_households WHERE id <= ?1
