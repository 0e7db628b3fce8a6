SELECT
    (SELECT count(*) FROM households),
    (SELECT count(*) FROM households WHERE state <> 'listed'),
    (SELECT count(*) FROM edits),
    (SELECT count(*) FROM edits WHERE custody = 'unsent'),
    (SELECT count(*) FROM draft_answers),
    (SELECT number FROM commits);
