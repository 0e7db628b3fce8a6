DELETE FROM households;
DELETE FROM merge_marks;
DELETE FROM interviews;
DELETE FROM stale_households;
DELETE FROM household_edits;
DELETE FROM ownerless_edits;
