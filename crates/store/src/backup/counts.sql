SELECT
    (SELECT count(*) FROM households),
    (SELECT count(*) FROM households WHERE state <> 'listed'),
    (SELECT count(*) FROM edits),
    (SELECT count(*) FROM edits WHERE custody = 'unsent'),
    (SELECT count(*) FROM (
        SELECT subject_id, path FROM draft_answers
        UNION
        SELECT subject_id, path FROM given WHERE NOT moved
    )),
    (SELECT max(number, coalesce((SELECT commits FROM given ORDER BY number DESC LIMIT 1), 0)) FROM commits);
