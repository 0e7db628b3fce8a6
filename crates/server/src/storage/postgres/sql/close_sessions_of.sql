DELETE FROM sessions WHERE "user" = $1 AND token_hash IS DISTINCT FROM $2::bytea
