SELECT id, verify_key, name, surveyor, enrolled_at, expires_at, revoked_at, last_seen_at, edits, bundle_recipient, health
FROM devices
ORDER BY enrolled_at DESC, id
