-- Which stored edits are about which household. A projection, like `interviews`, that is made for many edits at once, some time after
-- they came in: households lie in no order, and each that is looked for by itself changes a page of its own.
CREATE TABLE household_edits (
    commune   TEXT NOT NULL,
    household BLOB NOT NULL,
    edit      INTEGER NOT NULL,
    PRIMARY KEY (commune, household, edit)
) STRICT, WITHOUT ROWID;
INSERT INTO household_edits (commune, household, edit)
SELECT commune, household, id FROM edits WHERE household IS NOT NULL ORDER BY commune, household, id;

-- The same of interviews of which no edit has said yet whose they are.
CREATE TABLE ownerless_edits (
    commune   TEXT NOT NULL,
    interview BLOB NOT NULL,
    edit      INTEGER NOT NULL,
    PRIMARY KEY (commune, interview, edit)
) STRICT, WITHOUT ROWID;
INSERT INTO ownerless_edits (commune, interview, edit)
SELECT commune, subject, id FROM edits WHERE household IS NULL AND kind = 'interview';

-- Edits, from one to another, that are in neither yet.
CREATE TABLE unsettled_edits (
    first INTEGER NOT NULL PRIMARY KEY,
    last  INTEGER NOT NULL
) STRICT;

DROP INDEX edits_by_household;
DROP INDEX edits_without_household;
ALTER TABLE edits DROP COLUMN household;
