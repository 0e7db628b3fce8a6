INSERT INTO unsettled_edits (first, last) VALUES (?1, ?2)
