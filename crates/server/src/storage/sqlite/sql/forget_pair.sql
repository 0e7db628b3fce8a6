WITH either (id) AS (SELECT id FROM indexed_households WHERE household IN (?1, ?2))
DELETE FROM duplicate_pairs WHERE first IN (SELECT id FROM either) AND second IN (SELECT id FROM either)
