-- What the administration has said: numbered over all kinds, never changed. What was said last of a kind and key holds.
CREATE TABLE directives (
    number  BIGINT NOT NULL PRIMARY KEY,
    kind    TEXT COLLATE "C" NOT NULL,
    key     TEXT COLLATE "C" NOT NULL,
    content TEXT NOT NULL,
    said_by TEXT NOT NULL,
    said_at BIGINT NOT NULL
);
CREATE INDEX directives_by_key ON directives (kind, key, number);

-- What stood when a round was locked, by the number of the directive that locked it. `marks` as households bear them.
CREATE TABLE round_snapshots (
    number     BIGINT NOT NULL PRIMARY KEY,
    round      BIGINT NOT NULL,
    made_at    BIGINT NOT NULL,
    households BIGINT NOT NULL,
    marks      TEXT NOT NULL,
    hash       BYTEA NOT NULL
);
CREATE TABLE round_snapshot_lines (
    number       BIGINT NOT NULL,
    commune      TEXT COLLATE "C" NOT NULL,
    household    UUID NOT NULL,
    code         TEXT,
    village_name TEXT NOT NULL,
    marks        TEXT NOT NULL,
    PRIMARY KEY (number, commune, household)
);

CREATE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was said and what stood at a lock is never changed';
END
$$;
CREATE TRIGGER directives_stay BEFORE UPDATE OR DELETE ON directives EXECUTE FUNCTION stays();
CREATE TRIGGER snapshots_stay BEFORE UPDATE OR DELETE ON round_snapshots EXECUTE FUNCTION stays();
CREATE TRIGGER lines_stay BEFORE UPDATE OR DELETE ON round_snapshot_lines EXECUTE FUNCTION stays();
