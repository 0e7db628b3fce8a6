SELECT f.bytes FROM enrolment_files AS f JOIN devices AS d ON d.id = f.device
WHERE f.lookup = $1 AND f.expires_at > $2 AND d.revoked_at IS NULL
