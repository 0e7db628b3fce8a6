SELECT words, village_words, by_place, by_name, by_code, by_change, listed FROM household_entries WHERE number = ?1;
