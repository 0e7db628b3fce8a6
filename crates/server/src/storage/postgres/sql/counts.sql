SELECT commune,
    count(*),
    count(*) FILTER (WHERE state = 'started'),
    count(*) FILTER (WHERE state = 'signed'),
    count(*) FILTER (WHERE state <> 'listed' AND class_2022::jsonb ->> 'key' = 'poor'),
    count(*) FILTER (WHERE state <> 'listed' AND class_2022::jsonb ->> 'key' = 'near_poor'),
    count(*) FILTER (WHERE state <> 'listed' AND class_2022 IS NULL),
    count(*) FILTER (WHERE conflicts > 0),
    max(last_received_at)
FROM households WHERE merged_into IS NULL AND NOT withdrawn GROUP BY commune ORDER BY commune
