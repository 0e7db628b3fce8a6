SELECT commune, household FROM stale_households LIMIT $1
