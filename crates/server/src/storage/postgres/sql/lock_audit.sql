-- Lines are chained one after the other.
SELECT pg_advisory_xact_lock(7313)
