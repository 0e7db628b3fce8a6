-- What people did on this laptop. `entry` is JSON as it was hashed; `hash` is the SHA-256 of the hash before (in hexadecimal), a
-- line feed and the entry.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    entry TEXT NOT NULL,
    hash BLOB NOT NULL,
    act TEXT NOT NULL GENERATED ALWAYS AS (json_extract(entry, '$.act')) VIRTUAL
) STRICT;
CREATE INDEX audit_by_act ON audit (act);

-- The last row of it: rows that are missing at its end are missed.
CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
INSERT INTO audit_head (one, number, hash) VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_is_never_altered BEFORE UPDATE ON audit
BEGIN
    SELECT raise(ABORT, 'the audit trail is never altered');
END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT raise(ABORT, 'the audit trail is never deleted');
END;

-- Edits whose content was erased after the province's term: who knows their numbers and hashes can still tell that a chain is
-- whole, and does not take them in again.
CREATE TABLE erased_edits (
    writer BLOB NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    PRIMARY KEY (writer, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX erased_edits_by_subject ON erased_edits (subject_id);

-- What the province has may be erased, once it is noted as erased; nothing else ever is.
DROP TRIGGER edits_are_never_deleted;
CREATE TRIGGER edits_are_never_deleted BEFORE DELETE ON edits
WHEN old.custody NOT IN ('confirmed', 'foreign')
    OR NOT EXISTS (
        SELECT 1 FROM erased_edits gone WHERE gone.writer = old.writer AND gone.seq = old.seq AND gone.hash = old.hash
    )
BEGIN
    SELECT raise(ABORT, 'edits are never deleted');
END;

PRAGMA user_version = 10;
