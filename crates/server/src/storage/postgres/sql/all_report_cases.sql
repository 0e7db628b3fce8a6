SELECT commune, basis, feed_end, made_at, CASE WHEN $2 THEN ''::bytea ELSE cases END
FROM report_cases
WHERE number = $1
ORDER BY commune
