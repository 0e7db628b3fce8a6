DELETE FROM recovery_codes WHERE "user" = $1
