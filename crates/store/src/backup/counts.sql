SELECT
    (SELECT count(*) FROM households),
    (SELECT count(*) FROM edits),
    (SELECT count(*) FROM draft_answers);
