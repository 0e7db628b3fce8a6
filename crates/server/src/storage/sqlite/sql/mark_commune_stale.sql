INSERT OR IGNORE INTO stale_households (commune, household) SELECT commune, household FROM households WHERE commune = ?1
