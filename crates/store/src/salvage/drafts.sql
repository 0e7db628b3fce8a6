DELETE FROM main.draft_answers;
DELETE FROM main.drafts;
INSERT INTO main.drafts SELECT * FROM lost.drafts;
INSERT INTO main.draft_answers SELECT * FROM lost.draft_answers;
DELETE FROM main.given;
INSERT INTO main.given SELECT * FROM temp.lost_given;
