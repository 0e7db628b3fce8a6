-- What grows with households is keyed by commune first and lies in sixteen parts by a hash of it: a commune's rows lie together, and
-- the same key distributes the parts over several machines. Times are milliseconds since 1970 UTC on the server's clock. Text is
-- compared by its bytes, so that no order depends on the machine's language. What is sealed is readable with the server's key alone.

-- By which is told whether a server has the key that this database is sealed with.
CREATE TABLE key_check (
    one   BOOLEAN NOT NULL PRIMARY KEY DEFAULT TRUE CHECK (one),
    bytes BYTEA NOT NULL
);

CREATE TABLE instruments (
    number      BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
    hash        BYTEA NOT NULL PRIMARY KEY,
    id          TEXT NOT NULL,
    version     TEXT NOT NULL,
    survey      TEXT NOT NULL,
    choices     TEXT NOT NULL,
    settings    TEXT NOT NULL,
    files       TEXT NOT NULL,
    imported_at BIGINT NOT NULL
);

CREATE TABLE standards (
    number      BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
    hash        BYTEA NOT NULL PRIMARY KEY,
    id          TEXT NOT NULL,
    toml        TEXT NOT NULL,
    imported_at BIGINT NOT NULL
);

CREATE TABLE units (
    version        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    units_csv      TEXT NOT NULL,
    old_to_new_csv TEXT NOT NULL,
    imported_at    BIGINT NOT NULL
);

CREATE TABLE villages (
    commune    TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    area_type  TEXT NOT NULL CHECK (area_type IN ('rural', 'urban')),
    households BIGINT NOT NULL,
    PRIMARY KEY (commune, id)
);

CREATE TABLE devices (
    id               UUID NOT NULL PRIMARY KEY,
    verify_key       BYTEA NOT NULL,
    name             TEXT NOT NULL,
    surveyor         TEXT NOT NULL,
    enrolled_at      BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    revoked_at       BIGINT,
    last_seen_at     BIGINT,
    edits            BIGINT NOT NULL DEFAULT 0,
    bundle_recipient TEXT
);

CREATE TABLE former_keys (
    device       UUID NOT NULL REFERENCES devices (id),
    number       BIGINT NOT NULL,
    verify_key   BYTEA NOT NULL,
    succeeded_at BIGINT NOT NULL,
    PRIMARY KEY (device, number)
);

CREATE TABLE device_communes (
    commune TEXT COLLATE "C" NOT NULL,
    device  UUID NOT NULL REFERENCES devices (id),
    PRIMARY KEY (commune, device)
);
CREATE INDEX device_communes_by_device ON device_communes (device);

-- How far each laptop is in the feeds of the communes that it has or had. Never forgotten and never less.
CREATE TABLE device_reach (
    device  UUID NOT NULL REFERENCES devices (id),
    commune TEXT COLLATE "C" NOT NULL,
    offered BIGINT NOT NULL DEFAULT 0,
    held    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (device, commune)
);

-- Batches of laptops that were revoked, as they were signed; sealed.
CREATE TABLE set_aside (
    hash        BYTEA NOT NULL PRIMARY KEY,
    device      UUID NOT NULL REFERENCES devices (id),
    signature   BYTEA NOT NULL,
    bytes       BYTEA NOT NULL,
    edits       BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    refused_at  BIGINT
);
CREATE INDEX set_aside_by_device ON set_aside (device, received_at);

-- Enrolment files to be fetched by code, until the laptop was heard of; sealed.
CREATE TABLE enrolment_files (
    lookup     BYTEA NOT NULL PRIMARY KEY,
    device     UUID NOT NULL REFERENCES devices (id),
    expires_at BIGINT NOT NULL,
    bytes      BYTEA NOT NULL
);
CREATE INDEX enrolment_files_by_device ON enrolment_files (device);

-- The number given out last in each commune's feed. Whoever takes edits in locks the row until the commit: numbers become visible in
-- their order, so that who reads a feed never passes one that comes later.
CREATE TABLE feeds (
    commune TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    last    BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- What is known of each writer; locked by whoever takes in an edit of it.
CREATE TABLE writers (
    writer   UUID NOT NULL PRIMARY KEY,
    last     BIGINT NOT NULL DEFAULT 0,
    -- Whether it has links that were refused and kept.
    refusals BOOLEAN NOT NULL DEFAULT FALSE,
    -- Who signed its first edit.
    first_by UUID
) WITH (fillfactor = 70);
CREATE INDEX writers_by_device ON writers (first_by);

-- The truth: append-only. Each edit's place in its writer's chain, which no two edits have.
CREATE TABLE links (
    writer UUID NOT NULL,
    seq    BIGINT NOT NULL,
    hash   BYTEA NOT NULL,
    PRIMARY KEY (writer, seq)
) PARTITION BY HASH (writer);

-- The truth: append-only. Each edit's place in its commune's feed. It is kept in its batch, at `place` among those that can be read, or
-- by itself, sealed.
CREATE TABLE edits (
    commune     TEXT COLLATE "C" NOT NULL,
    number      BIGINT NOT NULL,
    writer      UUID NOT NULL,
    seq         BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    subject     UUID NOT NULL,
    device      UUID NOT NULL,
    received_at BIGINT NOT NULL,
    batch       BIGINT,
    place       BIGINT,
    bytes       BYTEA,
    PRIMARY KEY (commune, number),
    CHECK ((place IS NULL OR batch IS NULL) <> (bytes IS NULL))
) PARTITION BY HASH (commune);

-- Links of a writer's chain whose edits were refused for scope or reading: what follows them still connects.
CREATE TABLE refusals (
    writer      UUID NOT NULL,
    seq         BIGINT NOT NULL,
    hash        BYTEA NOT NULL,
    code        TEXT NOT NULL,
    device      UUID NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (writer, seq, hash)
);
CREATE INDEX refusals_first ON refusals (device) WHERE seq = 1;

CREATE SEQUENCE batch_ids;
CREATE TABLE batches (
    id                BIGINT NOT NULL PRIMARY KEY,
    hash              BYTEA NOT NULL UNIQUE,
    device            UUID NOT NULL,
    signature         BYTEA NOT NULL,
    received_at       BIGINT NOT NULL,
    edits             BIGINT NOT NULL,
    outcome           BYTEA NOT NULL,
    refused           BOOLEAN NOT NULL,
    receipt           BYTEA NOT NULL,
    receipt_signature BYTEA NOT NULL,
    -- As it was signed, sealed; NULL where its edits are kept by themselves.
    bytes             BYTEA
);
CREATE INDEX batches_by_device ON batches (device, received_at);

-- Positions in more communes' feeds than a cursor holds, by their hash.
CREATE TABLE cursors (
    hash      BYTEA NOT NULL PRIMARY KEY,
    positions BYTEA NOT NULL
);

-- All edits of a commune up to a number of its feed, as one file in sealed pieces.
CREATE TABLE snapshots (
    commune TEXT COLLATE "C" NOT NULL,
    number  BIGINT NOT NULL,
    hash    BYTEA NOT NULL,
    size    BIGINT NOT NULL,
    PRIMARY KEY (commune, number)
);
CREATE INDEX snapshots_by_hash ON snapshots (hash);
CREATE TABLE snapshot_pieces (
    commune TEXT COLLATE "C" NOT NULL,
    number  BIGINT NOT NULL,
    place   BIGINT NOT NULL,
    bytes   BYTEA NOT NULL,
    PRIMARY KEY (commune, number, place),
    FOREIGN KEY (commune, number) REFERENCES snapshots (commune, number) ON DELETE CASCADE
);

-- Projections: made from edits, dropped and made again by a rebuild.
CREATE TABLE household_edits (
    commune   TEXT COLLATE "C" NOT NULL,
    household UUID NOT NULL,
    number    BIGINT NOT NULL,
    PRIMARY KEY (commune, household, number)
) PARTITION BY HASH (commune);

CREATE TABLE interviews (
    commune   TEXT COLLATE "C" NOT NULL,
    interview UUID NOT NULL,
    household UUID NOT NULL,
    PRIMARY KEY (commune, interview)
) PARTITION BY HASH (commune);

-- Edits of interviews of which no edit has said yet whose they are.
CREATE TABLE ownerless_edits (
    commune   TEXT COLLATE "C" NOT NULL,
    interview UUID NOT NULL,
    number    BIGINT NOT NULL,
    PRIMARY KEY (commune, interview, number)
);

CREATE TABLE stale_households (
    commune   TEXT COLLATE "C" NOT NULL,
    household UUID NOT NULL,
    PRIMARY KEY (commune, household)
);

CREATE TABLE households (
    commune          TEXT COLLATE "C" NOT NULL,
    household        UUID NOT NULL,
    head_name        TEXT NOT NULL,
    search           TEXT COLLATE "C" NOT NULL,
    code             TEXT,
    village_name     TEXT COLLATE "C" NOT NULL,
    members          BIGINT NOT NULL,
    citizen_id       TEXT,
    state            TEXT NOT NULL CHECK (state IN ('listed', 'started', 'signed')),
    class_2022       TEXT,
    class_2027       TEXT,
    unscored         TEXT,
    conflicts        BIGINT NOT NULL,
    edits            BIGINT NOT NULL,
    last_received_at BIGINT NOT NULL,
    merged_into      UUID,
    withdrawn        BOOLEAN NOT NULL,
    PRIMARY KEY (commune, household)
) PARTITION BY HASH (commune);

-- What each household says it was merged into.
CREATE TABLE merge_marks (
    commune   TEXT COLLATE "C" NOT NULL,
    household UUID NOT NULL,
    kept      UUID NOT NULL,
    PRIMARY KEY (commune, household)
);
CREATE INDEX merge_marks_by_kept ON merge_marks (kept);

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['links', 'edits', 'household_edits', 'interviews', 'households'] LOOP
        FOR part IN 0..15 LOOP
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 16, REMAINDER %s)', name || '_' || part, name, part);
        END LOOP;
    END LOOP;
END $$;

-- Files beside the answers. Which stored edits name them; `name` is the BLAKE3 of the content and one byte for its type.
CREATE TABLE attachment_names (
    commune TEXT COLLATE "C" NOT NULL,
    name    BYTEA NOT NULL,
    PRIMARY KEY (commune, name)
);
CREATE INDEX attachment_names_by_name ON attachment_names (name);

-- What has come of each. `whole` once its hash was found to hold.
CREATE TABLE attachments (
    name     BYTEA NOT NULL PRIMARY KEY,
    commune  TEXT COLLATE "C" NOT NULL,
    device   UUID NOT NULL,
    size     BIGINT NOT NULL,
    have     BIGINT NOT NULL,
    whole    BOOLEAN NOT NULL,
    begun_at BIGINT NOT NULL
);
CREATE INDEX attachments_by_commune ON attachments (commune, size);
CREATE INDEX attachments_by_device ON attachments (device, size);

-- Sealed.
CREATE TABLE attachment_pieces (
    name  BYTEA NOT NULL,
    place BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (name, place)
);

CREATE TABLE users (
    name          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'officer')),
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL
);

-- By folded account name, known or not, so that nothing tells which accounts exist.
CREATE TABLE login_failures (
    name     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at  BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    "user"     TEXT COLLATE "C" NOT NULL REFERENCES users (name),
    csrf       TEXT NOT NULL,
    opened_at  BIGINT NOT NULL,
    used_at    BIGINT NOT NULL
);

CREATE TABLE audit (
    number BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    at     BIGINT NOT NULL,
    actor  TEXT NOT NULL,
    act    TEXT NOT NULL,
    object TEXT NOT NULL
);
