-- Times are milliseconds since 1970-01-01 UTC. UUIDs and hashes are raw bytes.

-- Small things of the program, each a JSON value.
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the enrolment brought, as it came: forms, standards, code lists.
CREATE TABLE reference (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE communes (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    sort_key BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE villages (
    commune TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    area TEXT NOT NULL CHECK (area IN ('rural', 'urban')),
    sort_key BLOB NOT NULL,
    PRIMARY KEY (commune, id)
) STRICT, WITHOUT ROWID;

-- What lists show of a household. Made from its documents; never the only place of anything.
CREATE TABLE households (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    interview BLOB NOT NULL UNIQUE,
    commune TEXT NOT NULL,
    village TEXT NOT NULL,
    head_name TEXT NOT NULL,
    sort_key BLOB NOT NULL,
    code TEXT,
    address TEXT,
    citizen_id TEXT,
    members INTEGER NOT NULL,
    previous_class TEXT,
    state TEXT NOT NULL CHECK (state IN ('listed', 'started', 'signed')),
    class TEXT,
    provisional INTEGER NOT NULL,
    findings INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    questions INTEGER NOT NULL
) STRICT;
CREATE INDEX households_by_village ON households (commune, village, state);

-- Folded words of a household; the row id is its number.
CREATE VIRTUAL TABLE household_words USING fts5 (
    words,
    content = '',
    contentless_delete = 1,
    detail = none,
    prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 0'
);

-- What was answered and is not sealed. `seen` is the subject's version when the draft was begun, as JSON.
CREATE TABLE drafts (
    subject_id BLOB PRIMARY KEY,
    commune TEXT NOT NULL,
    kind TEXT NOT NULL,
    seen TEXT NOT NULL,
    began_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `value` is JSON; NULL where the answer was removed.
CREATE TABLE draft_answers (
    subject_id BLOB NOT NULL REFERENCES drafts (subject_id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    value TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (subject_id, path)
) STRICT, WITHOUT ROWID;

-- The last question worked on. Outlives the draft. `turn` orders them, because wall clocks go back.
CREATE TABLE cursors (
    subject_id BLOB PRIMARY KEY,
    path TEXT,
    at INTEGER NOT NULL,
    turn INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

-- The lives of this database; the last is the one that writes.
CREATE TABLE writers (
    number INTEGER PRIMARY KEY,
    writer BLOB NOT NULL UNIQUE,
    seq INTEGER NOT NULL,
    last_hash BLOB,
    began_at INTEGER NOT NULL
) STRICT;

-- The latest logical time given or seen.
CREATE TABLE clock (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    millis INTEGER NOT NULL,
    counter INTEGER NOT NULL
) STRICT;
INSERT INTO clock (one, millis, counter) VALUES (1, 0, 0);

CREATE TABLE receipts (
    batch BLOB PRIMARY KEY,
    bytes BLOB NOT NULL,
    server_time INTEGER NOT NULL,
    received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every sealed edit, ours and others'. Rows are only ever added; of a row only its custody changes.
CREATE TABLE edits (
    number INTEGER PRIMARY KEY,
    writer BLOB NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    commune TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    bytes BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    custody TEXT NOT NULL CHECK (custody IN ('unsent', 'confirmed', 'refused', 'foreign')),
    receipt BLOB REFERENCES receipts (batch),
    verdict_code TEXT,
    verdict_params TEXT,
    UNIQUE (writer, seq)
) STRICT;
CREATE INDEX edits_by_subject ON edits (subject_id, custody);
CREATE INDEX edits_unsent ON edits (number) WHERE custody = 'unsent';

-- Edits of others that claim a number another edit has (a copied database): kept, and folded with the rest.
CREATE TABLE forked_edits (
    writer BLOB NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    bytes BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (writer, seq, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX forked_edits_by_subject ON forked_edits (subject_id);

CREATE TRIGGER edits_are_never_deleted BEFORE DELETE ON edits
BEGIN
    SELECT raise(ABORT, 'edits are never deleted');
END;

CREATE TRIGGER edits_are_never_altered
BEFORE UPDATE OF number, writer, seq, hash, commune, kind, subject_id, bytes, recorded_at ON edits
BEGIN
    SELECT raise(ABORT, 'edits are never altered');
END;

CREATE TABLE exchanges (
    number INTEGER PRIMARY KEY,
    began_at INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    bytes_up INTEGER NOT NULL,
    bytes_down INTEGER NOT NULL,
    problem_code TEXT,
    problem_params TEXT
) STRICT;

-- Where each household's answers are: what needs attention first, then what is only here.
CREATE VIEW household_custody AS
SELECT
    counted.*,
    CASE
        WHEN refused > 0 THEN 'refused'
        WHEN unsent > 0 OR drafted THEN 'only_here'
        WHEN confirmed > 0 THEN 'confirmed'
        ELSE 'nothing'
    END AS custody
FROM (
    SELECT
        h.number,
        (SELECT count(*) FROM edits e WHERE e.subject_id IN (h.id, h.interview) AND e.custody = 'unsent') AS unsent,
        (SELECT count(*) FROM edits e WHERE e.subject_id IN (h.id, h.interview) AND e.custody = 'confirmed') AS confirmed,
        (SELECT count(*) FROM edits e WHERE e.subject_id IN (h.id, h.interview) AND e.custody = 'refused') AS refused,
        EXISTS (SELECT 1 FROM draft_answers d WHERE d.subject_id IN (h.id, h.interview)) AS drafted
    FROM households h
) AS counted;

PRAGMA user_version = 1;
