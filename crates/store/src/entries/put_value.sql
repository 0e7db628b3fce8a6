INSERT INTO household_values (kind, text, code)
VALUES (?1, ?2, (SELECT count(*) + 1 FROM household_values WHERE kind = ?1))
RETURNING code;
