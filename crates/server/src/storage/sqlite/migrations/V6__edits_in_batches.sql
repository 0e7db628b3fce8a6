-- A batch is kept as it was signed where all of its edits are stored from it: they are not kept a second time. Edits come in at the
-- end of their table, which has no other order, so that few pages change with many of them.
CREATE TABLE batches_6 (
    id                INTEGER PRIMARY KEY,
    hash              BLOB NOT NULL UNIQUE,
    device            BLOB NOT NULL,
    signature         BLOB NOT NULL,
    received_at       INTEGER NOT NULL,
    edits             INTEGER NOT NULL,
    outcome           BLOB NOT NULL,
    refused           INTEGER NOT NULL,
    receipt           BLOB NOT NULL,
    receipt_signature BLOB NOT NULL,
    -- NULL where its edits are kept by themselves.
    bytes             BLOB
) STRICT;
INSERT INTO batches_6 (id, hash, device, signature, received_at, edits, outcome, refused, receipt, receipt_signature)
SELECT rowid, hash, device, signature, received_at, edits, outcome, refused, receipt, receipt_signature FROM batches ORDER BY rowid;
DROP TABLE batches;
ALTER TABLE batches_6 RENAME TO batches;
CREATE INDEX batches_by_device ON batches (device, received_at);

CREATE TABLE edits_6 (
    id          INTEGER PRIMARY KEY,
    commune     TEXT NOT NULL,
    number      INTEGER NOT NULL,
    writer      BLOB NOT NULL,
    seq         INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    kind        TEXT NOT NULL,
    subject     BLOB NOT NULL,
    household   BLOB,
    device      BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    batch       INTEGER,
    -- Among the edits of the batch that can be read, from 0; NULL where the edit is kept by itself.
    place       INTEGER,
    bytes       BLOB,
    CHECK ((place IS NULL OR batch IS NULL) <> (bytes IS NULL))
) STRICT;
INSERT INTO edits_6 (id, commune, number, writer, seq, hash, kind, subject, household, device, received_at, batch, bytes)
SELECT rowid, commune, number, writer, seq, hash, kind, subject, household, device, received_at,
    (SELECT id FROM batches WHERE batches.hash = edits.batch), bytes
FROM edits ORDER BY rowid;
DROP TABLE edits;
ALTER TABLE edits_6 RENAME TO edits;
CREATE UNIQUE INDEX edits_by_writer ON edits (writer, seq);
CREATE UNIQUE INDEX edits_in_order ON edits (commune, number);
CREATE INDEX edits_by_household ON edits (commune, household) WHERE household IS NOT NULL;
CREATE INDEX edits_without_household ON edits (commune, subject) WHERE household IS NULL;
-- The first edit of each writer, by the device that signed it.
CREATE INDEX edits_first ON edits (device) WHERE seq = 1;

CREATE TABLE interviews_6 (
    commune   TEXT NOT NULL,
    interview BLOB NOT NULL,
    household BLOB NOT NULL,
    PRIMARY KEY (commune, interview)
) STRICT, WITHOUT ROWID;
INSERT INTO interviews_6 (commune, interview, household) SELECT commune, interview, household FROM interviews;
DROP TABLE interviews;
ALTER TABLE interviews_6 RENAME TO interviews;
