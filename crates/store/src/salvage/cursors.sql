DELETE FROM main.cursors;
INSERT INTO main.cursors SELECT * FROM lost.cursors;
