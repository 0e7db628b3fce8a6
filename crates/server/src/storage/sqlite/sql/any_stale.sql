SELECT EXISTS (SELECT 1 FROM stale_households)
