INSERT OR IGNORE INTO main.drafts SELECT * FROM lost.drafts;
INSERT OR REPLACE INTO main.draft_answers SELECT * FROM lost.draft_answers;
