-- Keys that a laptop had before: what they signed stays signed.
CREATE TABLE former_keys (
    device       BLOB NOT NULL REFERENCES devices (id),
    number       INTEGER NOT NULL,
    verify_key   BLOB NOT NULL,
    succeeded_at INTEGER NOT NULL,
    PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;
