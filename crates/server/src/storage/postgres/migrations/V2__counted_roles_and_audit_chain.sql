-- What of households is counted, searched and compared; roles and communes of accounts; the audit log's chain.

-- `village_order` and `name_order` are bytes that sort in Vietnamese order; `marks` is what the household is counted under; `facts`
-- are JSON. What stands here already has its lines made anew.
INSERT INTO stale_households (commune, household) SELECT commune, household FROM households ON CONFLICT DO NOTHING;
ALTER TABLE households ADD COLUMN village_order BYTEA NOT NULL DEFAULT '';
ALTER TABLE households ADD COLUMN name_order BYTEA NOT NULL DEFAULT '';
ALTER TABLE households ADD COLUMN marks TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE households ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
CREATE INDEX households_in_order ON households (commune, village_order, village_name, name_order, household);

-- How many households bear each mark: kept up with every line that is written, so that nobody counts them all. Who writes lines of a
-- commune has its feed locked, or all lines to itself: no two write one count at the same time.
CREATE TABLE commune_counts (
    commune    TEXT COLLATE "C" NOT NULL,
    mark       TEXT COLLATE "C" NOT NULL,
    households BIGINT NOT NULL,
    PRIMARY KEY (commune, mark)
) WITH (fillfactor = 50);
CREATE TABLE village_counts (
    commune      TEXT COLLATE "C" NOT NULL,
    village_name TEXT COLLATE "C" NOT NULL,
    mark         TEXT COLLATE "C" NOT NULL,
    households   BIGINT NOT NULL,
    PRIMARY KEY (commune, village_name, mark)
) WITH (fillfactor = 50);
CREATE TABLE commune_received (
    commune TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    last_at BIGINT NOT NULL
) WITH (fillfactor = 50);

-- What follows is made a little later than lines are: households wait in the first table for it.
CREATE TABLE unindexed_households (
    commune   TEXT COLLATE "C" NOT NULL,
    household UUID NOT NULL,
    PRIMARY KEY (commune, household)
);
CREATE TABLE indexed_households (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    commune   TEXT COLLATE "C" NOT NULL,
    household UUID NOT NULL,
    UNIQUE (commune, household)
);
CREATE INDEX indexed_households_by_id ON indexed_households (household);
CREATE TABLE household_words (
    household BIGINT NOT NULL PRIMARY KEY,
    words     TSVECTOR NOT NULL
);
CREATE INDEX household_words_found ON household_words USING gin (words);
CREATE TABLE persons (
    household  BIGINT NOT NULL,
    member     TEXT COLLATE "C" NOT NULL,
    is_head    BOOLEAN NOT NULL,
    name       TEXT NOT NULL,
    folded     TEXT COLLATE "C" NOT NULL,
    birth      TEXT COLLATE "C",
    citizen_id TEXT COLLATE "C",
    PRIMARY KEY (household, member)
);
CREATE INDEX persons_by_citizen_id ON persons (citizen_id) WHERE citizen_id IS NOT NULL;
CREATE INDEX persons_by_name ON persons (folded, birth) WHERE birth IS NOT NULL;
-- Households that may be one; `shared` is JSON.
CREATE TABLE duplicate_pairs (
    first        BIGINT NOT NULL,
    second       BIGINT NOT NULL,
    score        BIGINT NOT NULL,
    same_commune BOOLEAN NOT NULL,
    shared       TEXT NOT NULL,
    PRIMARY KEY (first, second)
);
CREATE INDEX duplicate_pairs_by_second ON duplicate_pairs (second);
CREATE INDEX duplicate_pairs_by_score ON duplicate_pairs (same_commune, score DESC);

-- Pairs that an officer said are two households, the smaller id first. No projection: a rebuild keeps them.
CREATE TABLE not_same (
    first   UUID NOT NULL,
    second  UUID NOT NULL,
    said_by TEXT NOT NULL,
    said_at BIGINT NOT NULL,
    PRIMARY KEY (first, second)
);

-- Roles, and the communes that an account is for: codes in their order, with spaces between; none is the whole province for those
-- whose role allows it. Sessions end with this: they are opened anew with the rights of today.
DELETE FROM sessions;
ALTER TABLE users DROP CONSTRAINT users_role_check;
ALTER TABLE users ADD CHECK (role IN ('administrator', 'officer', 'supervisor', 'reader'));
ALTER TABLE users ADD COLUMN communes TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN last_login_at BIGINT;
ALTER TABLE users ADD COLUMN disabled_at BIGINT;
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL;
CREATE INDEX sessions_by_user ON sessions ("user");

-- Each line of the audit log holds a hash over itself and the hash of the line before. Lines of before have none: the chain begins
-- after them. The head says where it ends, so that a line cut off at the end is missed.
ALTER TABLE audit ADD COLUMN hash BYTEA;
CREATE TABLE audit_head (
    one    BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    number BIGINT NOT NULL,
    hash   BYTEA NOT NULL
);
