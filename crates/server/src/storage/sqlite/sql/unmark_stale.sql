DELETE FROM stale_households WHERE commune = ?1 AND household = ?2
