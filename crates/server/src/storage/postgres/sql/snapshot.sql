SELECT commune, number FROM snapshots WHERE hash = $1 LIMIT 1
