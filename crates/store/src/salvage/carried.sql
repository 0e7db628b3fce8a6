INSERT OR IGNORE INTO main.batch_edits
SELECT * FROM lost.batch_edits WHERE batch IN (SELECT hash FROM main.batches);
INSERT OR IGNORE INTO main.carried_receipts SELECT * FROM lost.carried_receipts;
INSERT OR IGNORE INTO main.news SELECT * FROM lost.news;
INSERT OR IGNORE INTO main.unread_edits (bytes) SELECT bytes FROM lost.unread_edits;
INSERT OR IGNORE INTO main.forked_edits SELECT * FROM lost.forked_edits;
INSERT OR IGNORE INTO main.reissued SELECT * FROM lost.reissued;
