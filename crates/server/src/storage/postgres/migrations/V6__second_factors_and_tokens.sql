-- A second factor of an account: the secret its app counts from, sealed. Not in force before it was confirmed; `last_step` is the step
-- of the code that was used last, so that none is used twice.
CREATE TABLE second_factors (
    "user"       TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (name),
    secret       BYTEA NOT NULL,
    confirmed_at BIGINT,
    last_step    BIGINT NOT NULL
);
-- Codes for who lost the app, as hashes; a code that was used is gone.
CREATE TABLE recovery_codes (
    "user" TEXT COLLATE "C" NOT NULL REFERENCES users (name),
    hash   BYTEA NOT NULL,
    PRIMARY KEY ("user", hash)
);

-- What other systems read with. `tables` and `communes` are words in their order, with spaces between; no communes: the whole province.
CREATE TABLE tokens (
    id           UUID NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    token_hash   BYTEA NOT NULL UNIQUE,
    tables       TEXT NOT NULL,
    communes     TEXT NOT NULL,
    citizen_ids  BOOLEAN NOT NULL,
    made_by      TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT,
    last_used_at BIGINT
);
CREATE TABLE token_days (
    token UUID NOT NULL REFERENCES tokens (id),
    day   TEXT COLLATE "C" NOT NULL,
    uses  BIGINT NOT NULL,
    PRIMARY KEY (token, day)
);
