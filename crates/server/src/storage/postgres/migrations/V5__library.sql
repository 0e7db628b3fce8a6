-- Versions of forms, standards, point tables, targets and code lists, drafts among them. `place` orders what was published. What the
-- program brings stands in `instruments`, `standards` and `units` as before, and is taken over from there.
CREATE TABLE library_items (
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('instruments', 'standards', 'points', 'targets', 'units')),
    hash         BYTEA NOT NULL,
    id           TEXT NOT NULL,
    version      TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    content      TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    made_by      TEXT NOT NULL,
    published_at BIGINT,
    published_by TEXT,
    place        BIGINT NOT NULL,
    retired_at   BIGINT,
    retired_by   TEXT,
    PRIMARY KEY (kind, hash)
);
-- Grows with every change of the above, so that every server notices.
CREATE TABLE library_number (
    one    BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    number BIGINT NOT NULL
);

-- Households bear the form of their interview among their marks: lines are made anew.
INSERT INTO stale_households (commune, household) SELECT commune, household FROM households ON CONFLICT DO NOTHING;
