-- What households that may be one are found by: of each member the folded name, the birth (a day or a year) and the citizen
-- ID. Made with the household's line, so that lines of before are made anew once.
INSERT INTO settings (key, value) SELECT 'lists_stale', 'true' WHERE EXISTS (SELECT 1 FROM households)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;
CREATE TABLE persons (
    household INTEGER NOT NULL REFERENCES households (number),
    member TEXT NOT NULL,
    is_head INTEGER NOT NULL,
    name TEXT NOT NULL,
    birth TEXT,
    citizen_id TEXT,
    PRIMARY KEY (household, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX persons_by_name ON persons (name);
CREATE INDEX persons_by_citizen_id ON persons (citizen_id) WHERE citizen_id IS NOT NULL;

-- Pairs of which people said that they are two, the smaller id first. Made from the documents of the first.
CREATE TABLE not_same (
    first BLOB NOT NULL,
    second BLOB NOT NULL,
    PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;

-- Which household the documents of each say it was merged into, and which one stands for it in the end.
CREATE TABLE merge_marks (
    household BLOB PRIMARY KEY,
    kept BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX merge_marks_by_kept ON merge_marks (kept);
ALTER TABLE households ADD COLUMN merged_into BLOB;
CREATE INDEX households_merged ON households (merged_into) WHERE merged_into IS NOT NULL;

-- Whether terms and orders hold the household: one that was merged into another keeps its entry alone.
ALTER TABLE household_entries ADD COLUMN listed INTEGER NOT NULL DEFAULT 1;

PRAGMA user_version = 7;
