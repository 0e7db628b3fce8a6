-- In one order, so that none waits for another that waits for it.
SELECT pg_advisory_xact_lock(7312, turn.key) FROM (
    SELECT DISTINCT hashtext(word) AS key FROM unnest(ARRAY[encode($1::bytea, 'hex'), $2::text, $3::uuid::text]) AS word ORDER BY 1
) AS turn
