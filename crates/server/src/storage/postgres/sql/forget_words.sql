DELETE FROM household_words WHERE household = ANY($1)
