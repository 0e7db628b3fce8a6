-- Warnings without a reason.
ALTER TABLE households ADD COLUMN warnings INTEGER NOT NULL DEFAULT 0;

-- How many edits of a household's documents are where, and how many drafts of them there are: kept by the triggers below.
ALTER TABLE households ADD COLUMN unsent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE households ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE households ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE households ADD COLUMN drafts INTEGER NOT NULL DEFAULT 0;
-- What needs attention first, then what is only here.
ALTER TABLE households ADD COLUMN custody TEXT NOT NULL GENERATED ALWAYS AS (
    CASE
        WHEN refused > 0 THEN 'refused'
        WHEN unsent > 0 OR drafts > 0 THEN 'only_here'
        WHEN confirmed > 0 THEN 'confirmed'
        ELSE 'nothing'
    END
) VIRTUAL;

UPDATE households SET
    unsent = (SELECT count(*) FROM edits e WHERE e.subject_id IN (households.id, interview) AND e.custody = 'unsent'),
    confirmed = (SELECT count(*) FROM edits e WHERE e.subject_id IN (households.id, interview) AND e.custody = 'confirmed'),
    refused = (SELECT count(*) FROM edits e WHERE e.subject_id IN (households.id, interview) AND e.custody = 'refused'),
    drafts = (SELECT count(*) FROM drafts d WHERE d.subject_id IN (households.id, interview));

CREATE TRIGGER households_count_their_edits AFTER INSERT ON households
BEGIN
    UPDATE households SET
        unsent = (SELECT count(*) FROM edits e WHERE e.subject_id IN (new.id, new.interview) AND e.custody = 'unsent'),
        confirmed = (SELECT count(*) FROM edits e WHERE e.subject_id IN (new.id, new.interview) AND e.custody = 'confirmed'),
        refused = (SELECT count(*) FROM edits e WHERE e.subject_id IN (new.id, new.interview) AND e.custody = 'refused'),
        drafts = (SELECT count(*) FROM drafts d WHERE d.subject_id IN (new.id, new.interview))
    WHERE number = new.number;
END;

CREATE TRIGGER households_count_edits_of_another_interview AFTER UPDATE OF interview ON households
WHEN old.interview <> new.interview
BEGIN
    UPDATE households SET
        unsent = (SELECT count(*) FROM edits e WHERE e.subject_id IN (new.id, new.interview) AND e.custody = 'unsent'),
        confirmed = (SELECT count(*) FROM edits e WHERE e.subject_id IN (new.id, new.interview) AND e.custody = 'confirmed'),
        refused = (SELECT count(*) FROM edits e WHERE e.subject_id IN (new.id, new.interview) AND e.custody = 'refused'),
        drafts = (SELECT count(*) FROM drafts d WHERE d.subject_id IN (new.id, new.interview))
    WHERE number = new.number;
END;

CREATE TRIGGER households_count_a_new_edit AFTER INSERT ON edits
WHEN new.custody <> 'foreign'
BEGIN
    UPDATE households SET
        unsent = unsent + (new.custody = 'unsent'),
        confirmed = confirmed + (new.custody = 'confirmed'),
        refused = refused + (new.custody = 'refused')
    WHERE id = new.subject_id OR interview = new.subject_id;
END;

CREATE TRIGGER households_count_an_edit_elsewhere AFTER UPDATE OF custody ON edits
WHEN old.custody <> new.custody
BEGIN
    UPDATE households SET
        unsent = unsent + (new.custody = 'unsent') - (old.custody = 'unsent'),
        confirmed = confirmed + (new.custody = 'confirmed') - (old.custody = 'confirmed'),
        refused = refused + (new.custody = 'refused') - (old.custody = 'refused')
    WHERE id = new.subject_id OR interview = new.subject_id;
END;

CREATE TRIGGER households_count_a_new_draft AFTER INSERT ON drafts
BEGIN
    UPDATE households SET drafts = drafts + 1 WHERE id = new.subject_id OR interview = new.subject_id;
END;

CREATE TRIGGER households_count_a_draft_less AFTER DELETE ON drafts
BEGIN
    UPDATE households SET drafts = drafts - 1 WHERE id = old.subject_id OR interview = old.subject_id;
END;

DROP VIEW household_custody;

-- What lists find households by and in which order they show them. Made from the rows of households; never the only place of
-- anything.
DROP TABLE household_words;

-- The words a household is found by and the keys it is ordered by, as they stand in the tables below.
CREATE TABLE household_entries (
    number INTEGER PRIMARY KEY,
    -- Folded words of its own, and of its village.
    words TEXT NOT NULL,
    village_words TEXT NOT NULL,
    -- Keys by which it stands in `household_orders`.
    by_place BLOB NOT NULL,
    by_name BLOB NOT NULL,
    by_code BLOB NOT NULL,
    by_change BLOB NOT NULL
) STRICT;

-- What filters ask for of each household, eight bytes each, 480 households of successive numbers to a piece.
CREATE TABLE household_records (
    piece INTEGER PRIMARY KEY,
    records BLOB NOT NULL
) STRICT;

-- What the numbers in records stand for: classes, and villages by commune and id.
CREATE TABLE household_values (
    kind TEXT NOT NULL CHECK (kind IN ('class', 'village')),
    text TEXT NOT NULL,
    code INTEGER NOT NULL,
    PRIMARY KEY (kind, text)
) STRICT, WITHOUT ROWID;

-- Which households a term fits: those of each 4,096 numbers as bits, or as a list of their last twelve bits where they are few.
CREATE TABLE household_bits (
    term TEXT NOT NULL,
    block INTEGER NOT NULL,
    bits BLOB NOT NULL,
    PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;

-- Long numbers, which few households share: citizen IDs, also from the end, and household codes.
CREATE TABLE household_numbers (
    digits TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (digits, number)
) STRICT, WITHOUT ROWID;

-- All households in each order, in pieces: numbers of 32 bits. `low`: no key of the piece is below.
CREATE TABLE household_orders (
    piece INTEGER PRIMARY KEY,
    list TEXT NOT NULL,
    low BLOB NOT NULL,
    numbers BLOB NOT NULL,
    UNIQUE (list, low)
) STRICT;

-- Names of members are only in the documents: lists are made anew from them once.
INSERT INTO settings (key, value) SELECT 'lists_stale', 'true' WHERE EXISTS (SELECT 1 FROM households);

PRAGMA user_version = 6;
