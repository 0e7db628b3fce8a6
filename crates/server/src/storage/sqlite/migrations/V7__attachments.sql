-- Files beside the answers. Which stored edits name them: no edit before this names one by its content, so that nothing is to be made up.
-- `name` is the BLAKE3 of the content and one byte for its type.
CREATE TABLE attachment_names (
    commune TEXT NOT NULL,
    name    BLOB NOT NULL,
    PRIMARY KEY (commune, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_names_by_name ON attachment_names (name);

-- What has come of each. `whole` once its hash was found to hold.
CREATE TABLE attachments (
    name     BLOB NOT NULL PRIMARY KEY,
    commune  TEXT NOT NULL,
    device   BLOB NOT NULL,
    size     INTEGER NOT NULL,
    have     INTEGER NOT NULL,
    whole    INTEGER NOT NULL,
    begun_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_by_commune ON attachments (commune, size);
CREATE INDEX attachments_by_device ON attachments (device, size);

CREATE TABLE attachment_pieces (
    name  BLOB NOT NULL,
    place INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (name, place)
) STRICT;
