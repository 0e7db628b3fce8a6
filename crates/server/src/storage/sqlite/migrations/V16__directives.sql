-- What the administration has said: numbered over all kinds, never changed. What was said last of a kind and key holds.
CREATE TABLE directives (
    number  INTEGER NOT NULL PRIMARY KEY,
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,
    content TEXT NOT NULL,
    said_by TEXT NOT NULL,
    said_at INTEGER NOT NULL
) STRICT;
CREATE INDEX directives_by_key ON directives (kind, key, number);

-- What stood when a round was locked, by the number of the directive that locked it. `marks` as households bear them.
CREATE TABLE round_snapshots (
    number     INTEGER NOT NULL PRIMARY KEY,
    round      INTEGER NOT NULL,
    made_at    INTEGER NOT NULL,
    households INTEGER NOT NULL,
    marks      TEXT NOT NULL,
    hash       BLOB NOT NULL
) STRICT;
CREATE TABLE round_snapshot_lines (
    number       INTEGER NOT NULL,
    commune      TEXT NOT NULL,
    household    BLOB NOT NULL,
    code         TEXT,
    village_name TEXT NOT NULL,
    marks        TEXT NOT NULL,
    PRIMARY KEY (number, commune, household)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER directives_stay BEFORE UPDATE ON directives BEGIN SELECT RAISE(ABORT, 'directives stay'); END;
CREATE TRIGGER directives_are_kept BEFORE DELETE ON directives BEGIN SELECT RAISE(ABORT, 'directives stay'); END;
CREATE TRIGGER snapshots_stay BEFORE UPDATE ON round_snapshots BEGIN SELECT RAISE(ABORT, 'snapshots stay'); END;
CREATE TRIGGER snapshots_are_kept BEFORE DELETE ON round_snapshots BEGIN SELECT RAISE(ABORT, 'snapshots stay'); END;
CREATE TRIGGER lines_stay BEFORE UPDATE ON round_snapshot_lines BEGIN SELECT RAISE(ABORT, 'snapshots stay'); END;
CREATE TRIGGER lines_are_kept BEFORE DELETE ON round_snapshot_lines BEGIN SELECT RAISE(ABORT, 'snapshots stay'); END;
