-- What households are counted by in reports, a commune's as one: of what stands now (number 0), made anew whenever something came in, and
-- of each lock (its number), which stays.
CREATE TABLE report_cases (
    commune  TEXT NOT NULL,
    number   INTEGER NOT NULL,
    basis    BLOB NOT NULL,
    feed_end INTEGER NOT NULL,
    made_at  INTEGER NOT NULL,
    cases    BLOB NOT NULL,
    PRIMARY KEY (number, commune)
) STRICT;
CREATE TRIGGER report_cases_of_locks_stay BEFORE UPDATE ON report_cases WHEN old.number > 0
BEGIN SELECT RAISE(ABORT, 'cases of a lock stay'); END;
CREATE TRIGGER report_cases_of_locks_are_kept BEFORE DELETE ON report_cases WHEN old.number > 0
BEGIN SELECT RAISE(ABORT, 'cases of a lock stay'); END;
