SELECT count(*) FROM household_edits WHERE commune = ?1 AND household = ?2
