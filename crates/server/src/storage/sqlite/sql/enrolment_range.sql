SELECT length(f.bytes), substr(f.bytes, ?2 + 1, ?3) FROM enrolment_files AS f JOIN devices AS d ON d.id = f.device
WHERE f.lookup = ?1 AND f.expires_at > ?4 AND d.revoked_at IS NULL
