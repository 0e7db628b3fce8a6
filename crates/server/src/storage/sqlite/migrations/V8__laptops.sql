-- How far each laptop is in the feeds of the communes that it has or had: up to `offered` it was sent, up to `held` it has said
-- that it holds. Never forgotten and never less: what a laptop held counts on the day that it is lost.
CREATE TABLE device_reach (
    device  BLOB NOT NULL REFERENCES devices (id),
    commune TEXT NOT NULL,
    offered INTEGER NOT NULL DEFAULT 0,
    held    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device, commune)
) STRICT;
INSERT INTO device_reach (device, commune) SELECT device, commune FROM device_communes;

-- Batches of laptops that were revoked, as they were signed. Taken in, a batch is here no more; refused, it stays.
CREATE TABLE set_aside (
    hash        BLOB NOT NULL PRIMARY KEY,
    device      BLOB NOT NULL REFERENCES devices (id),
    signature   BLOB NOT NULL,
    bytes       BLOB NOT NULL,
    edits       INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    refused_at  INTEGER
) STRICT;
CREATE INDEX set_aside_by_device ON set_aside (device, received_at);

-- Enrolment files to be fetched by code, under what is derived of the code, until the laptop was heard of.
CREATE TABLE enrolment_files (
    lookup     BLOB NOT NULL PRIMARY KEY,
    device     BLOB NOT NULL REFERENCES devices (id),
    expires_at INTEGER NOT NULL,
    bytes      BLOB NOT NULL
) STRICT;
CREATE INDEX enrolment_files_by_device ON enrolment_files (device);
