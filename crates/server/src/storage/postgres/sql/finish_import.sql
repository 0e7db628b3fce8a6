INSERT INTO feeds (commune, last) SELECT commune, max(number) FROM edits GROUP BY commune;
INSERT INTO writers (writer, last, refusals, first_by)
SELECT k.writer, max(k.last), bool_or(k.refused), max(k.first_by::text)::uuid
FROM (
    SELECT writer, seq AS last, FALSE AS refused, CASE WHEN seq = 1 THEN device END AS first_by FROM edits
    UNION ALL
    SELECT writer, 0, TRUE, NULL FROM refusals
) AS k
GROUP BY k.writer;
-- Words and pairs are made anew from the edits.
INSERT INTO unindexed_households (commune, household) SELECT commune, household FROM households;
SELECT setval('batch_ids', coalesce(max(id), 0) + 1, FALSE) FROM batches;
SELECT setval(pg_get_serial_sequence('audit', 'number'), coalesce(max(number), 0) + 1, FALSE) FROM audit;
ANALYZE;
