SELECT commune, basis, feed_end, made_at, cases
FROM report_cases
WHERE number = $1
ORDER BY commune
