-- A file of before answers waited has no such table.
CREATE TEMP VIEW lost_given AS SELECT * FROM lost.given;
