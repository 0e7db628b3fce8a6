INSERT INTO login_failures (name, failures, last_at) VALUES ($1, 1, $2)
ON CONFLICT (name) DO UPDATE SET failures = login_failures.failures + 1, last_at = $2
