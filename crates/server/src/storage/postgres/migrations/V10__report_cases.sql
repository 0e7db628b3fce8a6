-- What households are counted by in reports, a commune's as one, sealed: of what stands now (number 0), made anew whenever something
-- came in, and of each lock (its number), which stays.
CREATE TABLE report_cases (
    commune  TEXT COLLATE "C" NOT NULL,
    number   BIGINT NOT NULL,
    basis    BYTEA NOT NULL,
    feed_end BIGINT NOT NULL,
    made_at  BIGINT NOT NULL,
    cases    BYTEA NOT NULL,
    PRIMARY KEY (commune, number)
);
CREATE TRIGGER report_cases_of_locks_stay BEFORE UPDATE OR DELETE ON report_cases
FOR EACH ROW WHEN (old.number > 0) EXECUTE FUNCTION stays();
