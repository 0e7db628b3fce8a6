-- Households that wait to be found and compared, one behind the other, with their members: a household's line need not be as wide as
-- its members are many. Where members are not at hand, the line is made anew first.
ALTER TABLE unindexed_households RENAME TO unindexed_before;
CREATE TABLE unindexed_households (
    id        INTEGER PRIMARY KEY,
    commune   TEXT NOT NULL,
    household BLOB NOT NULL,
    persons   TEXT
) STRICT;
INSERT INTO unindexed_households (commune, household) SELECT commune, household FROM unindexed_before;
DROP TABLE unindexed_before;

-- Pairs are read in their order, and those of some communes by these.
ALTER TABLE duplicate_pairs ADD COLUMN first_commune TEXT NOT NULL DEFAULT '';
ALTER TABLE duplicate_pairs ADD COLUMN second_commune TEXT NOT NULL DEFAULT '';
UPDATE duplicate_pairs SET
    first_commune = (SELECT commune FROM indexed_households WHERE id = first),
    second_commune = (SELECT commune FROM indexed_households WHERE id = second);
DROP INDEX duplicate_pairs_by_score;
CREATE INDEX duplicate_pairs_by_score ON duplicate_pairs (score DESC, first, second);
CREATE INDEX duplicate_pairs_across ON duplicate_pairs (same_commune, score DESC, first, second);
CREATE INDEX duplicate_pairs_within ON duplicate_pairs (first_commune, second_commune, score DESC);

-- Villages are put in order by whoever lists them: a village's households lie together by its name.
DROP INDEX households_in_order;
ALTER TABLE households DROP COLUMN village_order;
CREATE INDEX households_in_order ON households (commune, village_name, name_order);

-- What they said is read from the marks.
ALTER TABLE households DROP COLUMN facts;
