-- Interviews that are typed from paper a second time. The answers are a draft of a subject of its own (`id`), which no edit names;
-- what came of the comparison is an edit of the interview.
CREATE TABLE second_entries (
    id BLOB PRIMARY KEY,
    household BLOB NOT NULL,
    user BLOB NOT NULL,
    began_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX second_entries_by_household ON second_entries (household);

-- Who typed an interview from paper on this laptop: nobody types the same one twice, under whatever name.
CREATE TABLE paper_typists (
    interview BLOB NOT NULL,
    user BLOB NOT NULL,
    PRIMARY KEY (interview, user)
) STRICT, WITHOUT ROWID;

-- How people type, by day: for this laptop alone, and nothing of any household.
CREATE TABLE operator_days (
    user BLOB NOT NULL,
    -- As 2026-11-26, in Vietnam.
    day TEXT NOT NULL,
    forms INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    active_ms INTEGER NOT NULL,
    keystrokes INTEGER NOT NULL,
    corrections INTEGER NOT NULL,
    -- Answers typed a second time, and of these the differing ones.
    compared INTEGER NOT NULL,
    differing INTEGER NOT NULL,
    -- Answers of this person that a comparison replaced.
    mistakes INTEGER NOT NULL,
    PRIMARY KEY (user, day)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 13;
