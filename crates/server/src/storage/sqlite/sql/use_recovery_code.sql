DELETE FROM recovery_codes WHERE user = ?1 AND hash = ?2
