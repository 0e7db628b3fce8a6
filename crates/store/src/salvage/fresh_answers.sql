SELECT count(*)
FROM (
    SELECT subject_id, path FROM (
        SELECT l.subject_id, l.path, l.value FROM lost.draft_answers l
        WHERE NOT EXISTS (SELECT 1 FROM temp.lost_given g WHERE g.subject_id = l.subject_id AND g.path = l.path)
        UNION ALL
        SELECT g.subject_id, g.path, g.value FROM temp.lost_given g
        WHERE NOT g.moved AND g.number = (
            SELECT max(n.number) FROM temp.lost_given n WHERE n.subject_id = g.subject_id AND n.path = g.path AND NOT n.moved
        )
    ) AS l
    WHERE NOT EXISTS (
        SELECT 1
        FROM main.draft_answers m
        WHERE m.subject_id = l.subject_id AND m.path = l.path AND m.value IS l.value
    )
);
