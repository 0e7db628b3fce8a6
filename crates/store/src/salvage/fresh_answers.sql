SELECT count(*)
FROM lost.draft_answers l
WHERE NOT EXISTS (
    SELECT 1
    FROM main.draft_answers m
    WHERE m.subject_id = l.subject_id AND m.path = l.path AND m.value IS l.value
);
