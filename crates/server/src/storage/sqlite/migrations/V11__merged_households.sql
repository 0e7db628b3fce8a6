-- What each household says it was merged into. A projection, like `households`.
CREATE TABLE merge_marks (
    commune   TEXT NOT NULL,
    household BLOB NOT NULL,
    kept      BLOB NOT NULL,
    PRIMARY KEY (commune, household)
) STRICT, WITHOUT ROWID;
CREATE INDEX merge_marks_by_kept ON merge_marks (kept);

-- The household that stands for it in the end, once that one is known here.
ALTER TABLE households ADD COLUMN merged_into BLOB;

-- Whether the list that brought it was undone and nobody works on it.
ALTER TABLE households ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;

-- Projections made before have no marks.
INSERT OR IGNORE INTO stale_households (commune, household) SELECT commune, household FROM households;
