INSERT INTO recovery_codes ("user", hash) VALUES ($1, $2)
