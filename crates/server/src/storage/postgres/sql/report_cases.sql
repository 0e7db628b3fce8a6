SELECT commune, basis, feed_end, made_at, cases
FROM report_cases
WHERE number = $1 AND commune = ANY($2)
ORDER BY commune
