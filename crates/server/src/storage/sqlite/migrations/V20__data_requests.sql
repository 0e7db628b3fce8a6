-- What was done about requests of people whose data are held: numbered over all, never changed. The first act of a request registers it.
-- The database is encrypted as a whole.
CREATE TABLE data_request_acts (
    number    INTEGER NOT NULL PRIMARY KEY,
    commune   TEXT NOT NULL,
    household BLOB NOT NULL,
    request   BLOB NOT NULL,
    step      INTEGER NOT NULL,
    act       TEXT NOT NULL,
    content   BLOB NOT NULL,
    done_by   TEXT NOT NULL,
    done_at   INTEGER NOT NULL,
    UNIQUE (request, step)
) STRICT;
CREATE TRIGGER data_request_acts_stay BEFORE UPDATE ON data_request_acts BEGIN SELECT RAISE(ABORT, 'acts stay'); END;
CREATE TRIGGER data_request_acts_are_kept BEFORE DELETE ON data_request_acts BEGIN SELECT RAISE(ABORT, 'acts stay'); END;
