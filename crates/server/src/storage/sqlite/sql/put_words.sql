INSERT INTO household_words (rowid, words) VALUES (?1, ?2)
