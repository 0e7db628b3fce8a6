-- A second factor of an account: the secret its app counts from. Not in force before it was confirmed; `last_step` is the step of the
-- code that was used last, so that none is used twice. The database is encrypted as a whole.
CREATE TABLE second_factors (
    user         TEXT NOT NULL PRIMARY KEY REFERENCES users (name),
    secret       BLOB NOT NULL,
    confirmed_at INTEGER,
    last_step    INTEGER NOT NULL
) STRICT;
-- Codes for who lost the app, as hashes; a code that was used is gone.
CREATE TABLE recovery_codes (
    user TEXT NOT NULL REFERENCES users (name),
    hash BLOB NOT NULL,
    PRIMARY KEY (user, hash)
) STRICT, WITHOUT ROWID;

-- What other systems read with. `tables` and `communes` are words in their order, with spaces between; no communes: the whole province.
CREATE TABLE tokens (
    id           BLOB NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    token_hash   BLOB NOT NULL UNIQUE,
    tables       TEXT NOT NULL,
    communes     TEXT NOT NULL,
    citizen_ids  INTEGER NOT NULL,
    made_by      TEXT NOT NULL,
    made_at      INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    revoked_at   INTEGER,
    last_used_at INTEGER
) STRICT;
CREATE TABLE token_days (
    token BLOB NOT NULL REFERENCES tokens (id),
    day   TEXT NOT NULL,
    uses  INTEGER NOT NULL,
    PRIMARY KEY (token, day)
) STRICT, WITHOUT ROWID;
