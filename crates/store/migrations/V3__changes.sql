-- Places of a household's documents where values differ that did not see one another.
ALTER TABLE households ADD COLUMN conflicts INTEGER NOT NULL DEFAULT 0;
CREATE INDEX households_in_conflict ON households (number) WHERE conflicts > 0;

-- Edits of this laptop whose numbers others have (a copied or restored database), and what each was issued anew as. They are
-- kept; in documents only the new ones count.
CREATE TABLE reissued (
    writer BLOB NOT NULL,
    seq INTEGER NOT NULL,
    new_writer BLOB NOT NULL,
    new_seq INTEGER NOT NULL,
    PRIMARY KEY (writer, seq)
) STRICT, WITHOUT ROWID;

-- What has come so far of the blobs being fetched.
CREATE TABLE blob_pieces (
    hash BLOB NOT NULL,
    place INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (hash, place)
) STRICT;

PRAGMA user_version = 3;
