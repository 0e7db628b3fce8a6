INSERT OR IGNORE INTO main.drafts SELECT * FROM lost.drafts;
INSERT OR REPLACE INTO main.draft_answers SELECT * FROM lost.draft_answers;
-- Behind what waits here already, but for what is the same.
INSERT INTO main.given (commits, subject_id, path, value, moved, at, begins)
SELECT l.commits, l.subject_id, l.path, l.value, l.moved, l.at, l.begins
FROM temp.lost_given l
WHERE NOT EXISTS (SELECT 1 FROM main.given m WHERE m.number = l.number AND m.commits = l.commits)
ORDER BY l.number;
