DELETE FROM household_entries;
DELETE FROM household_records;
DELETE FROM household_bits;
DELETE FROM household_numbers;
DELETE FROM household_orders;
UPDATE households SET
    unsent = (SELECT count(*) FROM edits e WHERE e.subject_id IN (households.id, interview) AND e.custody = 'unsent'),
    confirmed = (SELECT count(*) FROM edits e WHERE e.subject_id IN (households.id, interview) AND e.custody = 'confirmed'),
    refused = (SELECT count(*) FROM edits e WHERE e.subject_id IN (households.id, interview) AND e.custody = 'refused'),
    drafts = (SELECT count(*) FROM drafts d WHERE d.subject_id IN (households.id, interview));
