DELETE FROM households;
DELETE FROM interviews;
DELETE FROM stale_households;
UPDATE edits SET household = NULL WHERE kind = 'interview';
