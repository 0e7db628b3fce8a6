-- Edits of others that this program was too old to read; a newer one takes them in.
CREATE TABLE unread_edits (
    place INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL UNIQUE
) STRICT;

PRAGMA user_version = 5;
