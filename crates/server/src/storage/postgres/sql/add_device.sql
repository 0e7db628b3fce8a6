INSERT INTO devices (id, verify_key, name, surveyor, enrolled_at, expires_at, revoked_at, bundle_recipient)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
