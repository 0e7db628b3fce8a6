SELECT d.id, d.verify_key, d.name, d.surveyor, d.enrolled_at, d.expires_at, d.revoked_at, d.last_seen_at, d.edits, d.bundle_recipient, d.health,
    ARRAY(SELECT f.verify_key FROM former_keys AS f WHERE f.device = d.id ORDER BY f.number),
    ARRAY(SELECT c.commune FROM device_communes AS c WHERE c.device = d.id)
FROM devices AS d
ORDER BY d.enrolled_at DESC, d.id
