-- Rows about households are keyed by commune first, so that they partition and distribute by commune.
-- Times are milliseconds since 1970 UTC on the server's clock.

CREATE TABLE instruments (
    hash        BLOB NOT NULL PRIMARY KEY,
    id          TEXT NOT NULL,
    version     TEXT NOT NULL,
    survey      TEXT NOT NULL,
    choices     TEXT NOT NULL,
    settings    TEXT NOT NULL,
    imported_at INTEGER NOT NULL
) STRICT;

CREATE TABLE standards (
    hash        BLOB NOT NULL PRIMARY KEY,
    id          TEXT NOT NULL,
    toml        TEXT NOT NULL,
    imported_at INTEGER NOT NULL
) STRICT;

CREATE TABLE units (
    version        TEXT NOT NULL PRIMARY KEY,
    units_csv      TEXT NOT NULL,
    old_to_new_csv TEXT NOT NULL,
    imported_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE villages (
    commune    TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    area_type  TEXT NOT NULL CHECK (area_type IN ('rural', 'urban')),
    households INTEGER NOT NULL,
    PRIMARY KEY (commune, id)
) STRICT;

CREATE TABLE devices (
    id           BLOB NOT NULL PRIMARY KEY,
    verify_key   BLOB NOT NULL,
    name         TEXT NOT NULL,
    surveyor     TEXT NOT NULL,
    enrolled_at  INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    revoked_at   INTEGER,
    last_seen_at INTEGER,
    edits        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE device_communes (
    commune TEXT NOT NULL,
    device  BLOB NOT NULL REFERENCES devices (id),
    PRIMARY KEY (commune, device)
) STRICT;
CREATE INDEX device_communes_by_device ON device_communes (device);

-- The truth: append-only.
CREATE TABLE edits (
    commune     TEXT NOT NULL,
    writer      BLOB NOT NULL,
    seq         INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    kind        TEXT NOT NULL,
    subject     BLOB NOT NULL,
    device      BLOB NOT NULL,
    batch       BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    bytes       BLOB NOT NULL,
    PRIMARY KEY (commune, writer, seq),
    UNIQUE (writer, seq)
) STRICT;
CREATE INDEX edits_by_subject ON edits (commune, subject);

-- Links of a writer's chain whose edits were refused for scope or reading: what follows them still connects.
CREATE TABLE refusals (
    writer      BLOB NOT NULL,
    seq         INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    code        TEXT NOT NULL,
    device      BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (writer, seq, hash)
) STRICT;

CREATE TABLE batches (
    hash              BLOB NOT NULL PRIMARY KEY,
    device            BLOB NOT NULL,
    signature         BLOB NOT NULL,
    received_at       INTEGER NOT NULL,
    edits             INTEGER NOT NULL,
    outcome           BLOB NOT NULL,
    refused           INTEGER NOT NULL,
    receipt           BLOB NOT NULL,
    receipt_signature BLOB NOT NULL
) STRICT;

-- Projections: made from edits, dropped and made again by a rebuild.
CREATE TABLE interviews (
    commune   TEXT NOT NULL,
    interview BLOB NOT NULL,
    household BLOB NOT NULL,
    PRIMARY KEY (commune, interview)
) STRICT;
CREATE INDEX interviews_by_household ON interviews (commune, household);

CREATE TABLE stale_households (
    commune   TEXT NOT NULL,
    household BLOB NOT NULL,
    PRIMARY KEY (commune, household)
) STRICT;

CREATE TABLE households (
    commune          TEXT NOT NULL,
    household        BLOB NOT NULL,
    head_name        TEXT NOT NULL,
    search           TEXT NOT NULL,
    code             TEXT,
    village_name     TEXT NOT NULL,
    members          INTEGER NOT NULL,
    citizen_id       TEXT,
    state            TEXT NOT NULL CHECK (state IN ('listed', 'started', 'signed')),
    class_2022       TEXT,
    class_2027       TEXT,
    unscored         TEXT,
    conflicts        INTEGER NOT NULL,
    edits            INTEGER NOT NULL,
    last_received_at INTEGER NOT NULL,
    PRIMARY KEY (commune, household)
) STRICT;

CREATE TABLE users (
    name          TEXT NOT NULL PRIMARY KEY,
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'officer')),
    password_hash TEXT NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;

-- By folded account name, known or not, so that nothing tells which accounts exist.
CREATE TABLE login_failures (
    name     TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user       TEXT NOT NULL REFERENCES users (name),
    csrf       TEXT NOT NULL,
    opened_at  INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    act    TEXT NOT NULL,
    object TEXT NOT NULL
) STRICT;
