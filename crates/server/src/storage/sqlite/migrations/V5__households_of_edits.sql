-- Edits are looked for by household; an interview's follow as soon as an edit has said whose it is. A projection, like `interviews`.
ALTER TABLE edits ADD COLUMN household BLOB;
UPDATE edits SET household = subject WHERE kind = 'household';
UPDATE edits SET household = (
    SELECT i.household FROM interviews AS i WHERE i.commune = edits.commune AND i.interview = edits.subject
) WHERE kind = 'interview';
CREATE INDEX edits_by_household ON edits (commune, household) WHERE household IS NOT NULL;
CREATE INDEX edits_without_household ON edits (commune, subject) WHERE household IS NULL;
DROP INDEX edits_by_subject;
DROP INDEX interviews_by_household;
