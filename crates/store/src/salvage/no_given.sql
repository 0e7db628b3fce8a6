CREATE TEMP VIEW lost_given AS SELECT * FROM main.given WHERE false;
