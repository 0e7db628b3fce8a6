-- Whether the last word on a household's interview is that it goes back to whoever signed it. Made from its case.
ALTER TABLE households ADD COLUMN returned INTEGER NOT NULL DEFAULT 0;
CREATE INDEX households_returned ON households (number) WHERE returned;

-- Today counts those with answers that differ.
CREATE INDEX households_conflicted ON households (number) WHERE conflicts > 0;

-- Only the cases say it: lines of before are made anew once where there is one.
INSERT INTO settings (key, value) SELECT 'lists_stale', 'true' WHERE EXISTS (SELECT 1 FROM edits WHERE kind = 'case')
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

PRAGMA user_version = 12;
