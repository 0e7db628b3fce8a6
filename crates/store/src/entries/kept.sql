SELECT number, words, by_change FROM household_entries;
