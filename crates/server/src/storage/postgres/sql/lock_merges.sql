-- What stands for what is worked out by one at a time, while nobody else writes lines.
SELECT pg_advisory_xact_lock(7311)
