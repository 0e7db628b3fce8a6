DELETE FROM household_words WHERE rowid = ?1
