SELECT commune, basis, feed_end, made_at, CASE WHEN $3 THEN ''::bytea ELSE cases END
FROM report_cases
WHERE number = $1 AND commune = ANY($2)
ORDER BY commune
