-- Roles, and the communes that an account is for: codes in their order, with spaces between; none is the whole province for those
-- whose role allows it. Sessions end with this: they are opened anew with the rights of today.
DROP TABLE sessions;
CREATE TABLE users_12 (
    name          TEXT NOT NULL PRIMARY KEY,
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'officer', 'supervisor', 'reader')),
    communes      TEXT NOT NULL DEFAULT '',
    password_hash TEXT NOT NULL,
    must_change   INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    last_login_at INTEGER,
    disabled_at   INTEGER
) STRICT;
INSERT INTO users_12 (name, role, password_hash, created_at) SELECT name, role, password_hash, created_at FROM users;
DROP TABLE users;
ALTER TABLE users_12 RENAME TO users;

CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user       TEXT NOT NULL REFERENCES users (name),
    csrf       TEXT NOT NULL,
    browser    TEXT NOT NULL,
    opened_at  INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user);

-- Each line of the audit log holds a hash over itself and the hash of the line before. Lines of before have none: the chain begins
-- after them. The head says where it ends, so that a line cut off at the end is missed.
ALTER TABLE audit ADD COLUMN hash BLOB;
CREATE TABLE audit_head (
    one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL
) STRICT;
