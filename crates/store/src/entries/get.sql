SELECT words, village_words, facts, by_place, by_name, by_code, by_change FROM household_entries WHERE number = ?1;
