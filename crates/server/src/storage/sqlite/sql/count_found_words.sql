SELECT count(*) FROM (SELECT rowid FROM household_words WHERE household_words MATCH ?1 LIMIT ?2)
