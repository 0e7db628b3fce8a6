INSERT INTO report_cases (commune, number, basis, feed_end, made_at, cases) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (number, commune) DO UPDATE
SET basis = excluded.basis, feed_end = excluded.feed_end, made_at = excluded.made_at, cases = excluded.cases
WHERE report_cases.number = 0
