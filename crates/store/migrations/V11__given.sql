-- Answers as they are given, in their order, until the next act that is no answer puts them to the drafts: a row at the end of
-- one table is the least that can be written. `commits` is the number of the transaction.
CREATE TABLE given (
    number INTEGER PRIMARY KEY,
    commits INTEGER NOT NULL,
    subject_id BLOB NOT NULL,
    -- NULL where the person is before the first question.
    path TEXT,
    -- JSON; NULL where the answer was removed.
    value TEXT,
    -- Whether the person went there alone, and gave no answer.
    moved INTEGER NOT NULL,
    at INTEGER NOT NULL,
    -- Of the first answer of a draft: its subject and the version of it that its author looked at, as JSON.
    begins TEXT
) STRICT;

-- Until now the number of an answer's transaction stood beside where the person was.
UPDATE commits SET number = max(number, (SELECT coalesce(max(commits), 0) FROM cursors));
ALTER TABLE cursors DROP COLUMN commits;

PRAGMA user_version = 11;
