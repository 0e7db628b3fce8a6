SELECT verify_key FROM former_keys WHERE device = $1 ORDER BY number
