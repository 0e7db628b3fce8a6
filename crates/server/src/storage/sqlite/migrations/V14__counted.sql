-- What of households is counted, searched and compared. All of it is made of edits, as `households` is.

-- Cases and remarks are about households too: who owns them is worked out anew for all edits.
DELETE FROM unsettled_edits;
INSERT INTO unsettled_edits (first, last) SELECT min(id), max(id) FROM edits HAVING count(*) > 0;
INSERT OR IGNORE INTO stale_households (commune, household) SELECT commune, household FROM households;

-- `village_order` and `name_order` are bytes that sort in Vietnamese order; `marks` is what the household is counted under; `facts`
-- are JSON.
ALTER TABLE households ADD COLUMN village_order BLOB NOT NULL DEFAULT x'';
ALTER TABLE households ADD COLUMN name_order BLOB NOT NULL DEFAULT x'';
ALTER TABLE households ADD COLUMN marks TEXT NOT NULL DEFAULT '';
ALTER TABLE households ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
CREATE INDEX households_in_order ON households (commune, village_order, village_name, name_order, household);

-- How many households bear each mark: kept up with every line that is written, so that nobody counts them all.
CREATE TABLE commune_counts (
    commune    TEXT NOT NULL,
    mark       TEXT NOT NULL,
    households INTEGER NOT NULL,
    PRIMARY KEY (commune, mark)
) STRICT, WITHOUT ROWID;
CREATE TABLE village_counts (
    commune      TEXT NOT NULL,
    village_name TEXT NOT NULL,
    mark         TEXT NOT NULL,
    households   INTEGER NOT NULL,
    PRIMARY KEY (commune, village_name, mark)
) STRICT, WITHOUT ROWID;
CREATE TABLE commune_received (
    commune TEXT NOT NULL PRIMARY KEY,
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What follows is made a little later than lines are: households wait in the first table for it.
CREATE TABLE unindexed_households (
    commune   TEXT NOT NULL,
    household BLOB NOT NULL,
    PRIMARY KEY (commune, household)
) STRICT, WITHOUT ROWID;
CREATE TABLE indexed_households (
    id        INTEGER PRIMARY KEY,
    commune   TEXT NOT NULL,
    household BLOB NOT NULL,
    UNIQUE (commune, household)
) STRICT;
CREATE VIRTUAL TABLE household_words USING fts5(words, content = '', contentless_delete = 1, detail = 'none');
CREATE TABLE persons (
    household  INTEGER NOT NULL,
    member     TEXT NOT NULL,
    is_head    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL,
    birth      TEXT,
    citizen_id TEXT,
    PRIMARY KEY (household, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX persons_by_citizen_id ON persons (citizen_id) WHERE citizen_id IS NOT NULL;
CREATE INDEX persons_by_name ON persons (folded, birth) WHERE birth IS NOT NULL;
-- Households that may be one; `shared` is JSON.
CREATE TABLE duplicate_pairs (
    first        INTEGER NOT NULL,
    second       INTEGER NOT NULL,
    score        INTEGER NOT NULL,
    same_commune INTEGER NOT NULL,
    shared       TEXT NOT NULL,
    PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicate_pairs_by_second ON duplicate_pairs (second);
CREATE INDEX duplicate_pairs_by_score ON duplicate_pairs (same_commune, score DESC);

-- Pairs that an officer said are two households, the smaller id first. No projection: a rebuild keeps them.
CREATE TABLE not_same (
    first  BLOB NOT NULL,
    second BLOB NOT NULL,
    said_by TEXT NOT NULL,
    said_at INTEGER NOT NULL,
    PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;
