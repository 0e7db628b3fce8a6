UPDATE devices SET verify_key = $3, bundle_recipient = $4 WHERE id = $1 AND verify_key = $2 AND revoked_at IS NULL
