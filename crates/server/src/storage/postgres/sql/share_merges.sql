-- Whoever writes lines, so that nobody works out meanwhile what stands for what.
SELECT pg_advisory_xact_lock_shared(7311)
