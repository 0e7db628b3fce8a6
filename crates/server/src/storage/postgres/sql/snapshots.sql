SELECT number, hash, size FROM snapshots WHERE commune = $1 ORDER BY number DESC LIMIT 2
