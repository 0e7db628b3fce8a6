SELECT substr(bytes, ?2 + 1, ?3) FROM snapshots WHERE hash = ?1
