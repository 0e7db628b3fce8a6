INSERT INTO enrolment_files (lookup, device, expires_at, bytes) VALUES ($1, $2, $3, $4)
