-- Lists that were taken in: who, when, from which file, and which edits came of it.
CREATE TABLE list_imports (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    file TEXT NOT NULL,
    new INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    -- Its edits are those from one number to the other, for they were made in one transaction.
    first_edit INTEGER NOT NULL,
    last_edit INTEGER NOT NULL,
    undone_at INTEGER,
    undone_by TEXT,
    undone INTEGER,
    kept INTEGER,
    -- The edits that undid it.
    undo_first INTEGER,
    undo_last INTEGER
) STRICT;

-- Lists find households by their code.
CREATE INDEX households_by_code ON households (commune, code) WHERE code IS NOT NULL;

-- Whether the list that brought the household was undone. Nothing hides what somebody works on.
ALTER TABLE households ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE households ADD COLUMN hidden INTEGER NOT NULL GENERATED ALWAYS AS (
    merged_into IS NOT NULL OR (withdrawn AND state = 'listed' AND drafts = 0)
) VIRTUAL;

-- A household that comes before its edits, as all of a list do, has nothing to be counted.
DROP TRIGGER households_count_their_edits;
CREATE TRIGGER households_count_their_edits AFTER INSERT ON households
WHEN EXISTS (SELECT 1 FROM edits e WHERE e.subject_id IN (new.id, new.interview))
    OR EXISTS (SELECT 1 FROM drafts d WHERE d.subject_id IN (new.id, new.interview))
BEGIN
    UPDATE households SET
        unsent = (SELECT count(*) FROM edits e WHERE e.subject_id IN (new.id, new.interview) AND e.custody = 'unsent'),
        confirmed = (SELECT count(*) FROM edits e WHERE e.subject_id IN (new.id, new.interview) AND e.custody = 'confirmed'),
        refused = (SELECT count(*) FROM edits e WHERE e.subject_id IN (new.id, new.interview) AND e.custody = 'refused'),
        drafts = (SELECT count(*) FROM drafts d WHERE d.subject_id IN (new.id, new.interview))
    WHERE number = new.number;
END;

-- Heads are known by their names alone, too: lines of before are made anew once.
INSERT INTO settings (key, value) SELECT 'lists_stale', 'true' WHERE EXISTS (SELECT 1 FROM households)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

PRAGMA user_version = 9;
