-- What was done about requests of people whose data are held: numbered over all, never changed. The first act of a request registers it.
-- What it says (who asked, what for, why it was refused) is sealed.
CREATE TABLE data_request_acts (
    number    BIGINT NOT NULL PRIMARY KEY,
    commune   TEXT COLLATE "C" NOT NULL,
    household UUID NOT NULL,
    request   UUID NOT NULL,
    step      BIGINT NOT NULL,
    act       TEXT COLLATE "C" NOT NULL,
    content   BYTEA NOT NULL,
    done_by   TEXT NOT NULL,
    done_at   BIGINT NOT NULL,
    UNIQUE (request, step)
);
CREATE TRIGGER data_request_acts_stay BEFORE UPDATE OR DELETE ON data_request_acts EXECUTE FUNCTION stays();
