-- Numbers become visible in their order.
SELECT pg_advisory_xact_lock(7317)
