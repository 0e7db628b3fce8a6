-- Members wait with their household to be found and compared. Where they are not at hand, the household's line is made anew first.
ALTER TABLE unindexed_households ADD COLUMN persons TEXT;

-- Pairs are read in their order, and those of some communes by these.
ALTER TABLE duplicate_pairs ADD COLUMN first_commune TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE duplicate_pairs ADD COLUMN second_commune TEXT COLLATE "C" NOT NULL DEFAULT '';
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
CREATE INDEX households_in_order ON households (commune, village_name, name_order, household);

-- What they said is read from the marks.
ALTER TABLE households DROP COLUMN facts;
