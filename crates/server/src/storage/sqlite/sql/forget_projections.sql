DELETE FROM households;
DELETE FROM interviews;
DELETE FROM stale_households;
