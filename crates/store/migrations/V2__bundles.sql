-- Batches as they were signed, to be carried again unchanged: our own, and those of other laptops on their way to the province.
CREATE TABLE batches (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    device BLOB NOT NULL,
    bytes BLOB NOT NULL,
    signature BLOB NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('own', 'collected')),
    -- 'closed': the key of its laptop is not known; 'waiting': some of its edits build on others that are not here.
    state TEXT NOT NULL CHECK (state IN ('closed', 'waiting', 'taken')),
    kept_at INTEGER NOT NULL,
    -- Whether a receipt said the last word on it.
    settled INTEGER NOT NULL
) STRICT;

CREATE TABLE batch_edits (
    batch BLOB NOT NULL REFERENCES batches (hash),
    writer BLOB NOT NULL,
    seq INTEGER NOT NULL,
    -- Whether a receipt for the batch says that the province has it.
    accepted INTEGER NOT NULL,
    PRIMARY KEY (batch, writer, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_edits_by_edit ON batch_edits (writer, seq);

-- Receipts for batches of other laptops, verified, to be carried back to them.
CREATE TABLE carried_receipts (
    batch BLOB PRIMARY KEY,
    device BLOB NOT NULL,
    bytes BLOB NOT NULL,
    signature BLOB NOT NULL,
    server_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX carried_receipts_by_device ON carried_receipts (device, server_time);

-- News of the province, verified, to be passed on.
CREATE TABLE news (
    hash BLOB PRIMARY KEY,
    bytes BLOB NOT NULL,
    signature BLOB NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Files written to sticks and taken in from them. `parties` is JSON: whom a file is for, or who made it.
CREATE TABLE bundles (
    number INTEGER PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    parties TEXT NOT NULL,
    edits INTEGER NOT NULL,
    households INTEGER NOT NULL
) STRICT;

-- What a file held.
CREATE TABLE bundle_batches (
    bundle INTEGER NOT NULL REFERENCES bundles (number),
    batch BLOB NOT NULL,
    PRIMARY KEY (bundle, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX bundle_batches_by_batch ON bundle_batches (batch);

PRAGMA user_version = 2;
