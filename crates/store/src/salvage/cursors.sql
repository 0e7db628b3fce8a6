DELETE FROM main.cursors;
INSERT INTO main.cursors (subject_id, path, at, turn) SELECT subject_id, path, at, turn FROM lost.cursors;
