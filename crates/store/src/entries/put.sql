INSERT INTO household_entries (number, words, village_words, by_place, by_name, by_code, by_change, listed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (number) DO UPDATE SET
    words = excluded.words,
    village_words = excluded.village_words,
    by_place = excluded.by_place,
    by_name = excluded.by_name,
    by_code = excluded.by_code,
    by_change = excluded.by_change,
    listed = excluded.listed;
