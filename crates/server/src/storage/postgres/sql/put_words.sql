INSERT INTO household_words (household, words)
SELECT w.household, array_to_tsvector(string_to_array(w.words, ' ')) FROM unnest($1::bigint[], $2::text[]) AS w (household, words)
