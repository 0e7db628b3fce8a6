-- What goes down to laptops. An edit's number is its place in its commune's feed: from 1, in the order in which edits came in.
ALTER TABLE edits ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE edits SET number = placed.number
FROM (SELECT rowid AS id, row_number() OVER (PARTITION BY commune ORDER BY rowid) AS number FROM edits) AS placed
WHERE edits.rowid = placed.id;
CREATE UNIQUE INDEX edits_in_order ON edits (commune, number);
-- The first edit of each writer, by the device that signed it.
CREATE INDEX edits_first ON edits (device) WHERE seq = 1;
CREATE INDEX refusals_first ON refusals (device) WHERE seq = 1;

-- Positions in more communes' feeds than a cursor holds, by their hash.
CREATE TABLE cursors (
    hash      BLOB NOT NULL PRIMARY KEY,
    positions BLOB NOT NULL
) STRICT;

-- All edits of a commune up to a number of its feed, as one file.
CREATE TABLE snapshots (
    commune TEXT NOT NULL,
    number  INTEGER NOT NULL,
    hash    BLOB NOT NULL,
    size    INTEGER NOT NULL,
    bytes   BLOB NOT NULL,
    PRIMARY KEY (commune, number)
) STRICT;
CREATE INDEX snapshots_by_hash ON snapshots (hash);
