-- How many transactions this database has committed. The same number stands in a file beside it, so that what a damaged log
-- silently leaves out is noticed.
CREATE TABLE commits (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL
) STRICT;
-- Of an answer it stands beside where the person is, so that no page more is written. The larger number counts.
ALTER TABLE cursors ADD COLUMN commits INTEGER NOT NULL DEFAULT 0;
INSERT INTO commits (one, number) VALUES (1, 0);

PRAGMA user_version = 8;
