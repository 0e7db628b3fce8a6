-- Nobody indexes meanwhile.
SELECT pg_advisory_xact_lock(7312);
DELETE FROM households;
DELETE FROM merge_marks;
DELETE FROM interviews;
DELETE FROM stale_households;
DELETE FROM household_edits;
DELETE FROM ownerless_edits;
DELETE FROM commune_counts;
DELETE FROM village_counts;
DELETE FROM commune_received;
DELETE FROM unindexed_households;
DELETE FROM indexed_households;
DELETE FROM household_words;
DELETE FROM persons;
DELETE FROM duplicate_pairs;
