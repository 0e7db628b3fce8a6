-- What is compared, and said to be two, is so by one at a time: each sees what the others brought.
SELECT pg_advisory_xact_lock(7312)
