-- Files that sealed edits name, ours and others'. No edit before this names one by its content.
CREATE TABLE attachment_names (
    name TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    PRIMARY KEY (name, subject_id)
) STRICT, WITHOUT ROWID;

-- Files that are here, or are wanted here. `size` is 0 as long as nobody said it, `have` is what of it is here; `arrived` is what the
-- province was last known to have, `confirmed` whether that is all. `refusal` is the province's last word against it.
CREATE TABLE attachments (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    origin TEXT NOT NULL CHECK (origin IN ('own', 'collected', 'wanted')),
    size INTEGER NOT NULL,
    have INTEGER NOT NULL,
    arrived INTEGER NOT NULL DEFAULT 0,
    confirmed INTEGER NOT NULL,
    refusal TEXT,
    added_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_unconfirmed ON attachments (size) WHERE NOT confirmed;

CREATE TABLE attachment_pieces (
    attachment INTEGER NOT NULL REFERENCES attachments (number) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (attachment, place)
) STRICT;

PRAGMA user_version = 4;
