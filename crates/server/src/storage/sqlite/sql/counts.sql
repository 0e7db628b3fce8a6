SELECT commune,
    count(*),
    sum(state = 'started'),
    sum(state = 'signed'),
    sum(state <> 'listed' AND class_2022 IS NOT NULL AND json_extract(class_2022, '$.key') = 'poor'),
    sum(state <> 'listed' AND class_2022 IS NOT NULL AND json_extract(class_2022, '$.key') = 'near_poor'),
    sum(state <> 'listed' AND class_2022 IS NULL),
    sum(conflicts > 0),
    max(last_received_at)
FROM households WHERE merged_into IS NULL AND NOT withdrawn GROUP BY commune ORDER BY commune
