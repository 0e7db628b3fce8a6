-- Versions of forms, standards, point tables, targets and code lists, drafts among them. `place` orders what was published. What the
-- program brings stands in `instruments`, `standards` and `units` as before, and is taken over from there.
CREATE TABLE library_items (
    kind         TEXT NOT NULL CHECK (kind IN ('instruments', 'standards', 'points', 'targets', 'units')),
    hash         BLOB NOT NULL,
    id           TEXT NOT NULL,
    version      TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    content      TEXT NOT NULL,
    made_at      INTEGER NOT NULL,
    made_by      TEXT NOT NULL,
    published_at INTEGER,
    published_by TEXT,
    place        INTEGER NOT NULL,
    retired_at   INTEGER,
    retired_by   TEXT,
    PRIMARY KEY (kind, hash)
) STRICT;
-- Grows with every change of the above, so that every server notices.
CREATE TABLE library_number (
    one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL
) STRICT;

-- Households bear the form of their interview among their marks: lines are made anew.
INSERT OR IGNORE INTO stale_households (commune, household) SELECT commune, household FROM households;
