INSERT INTO operator_days (user, day, forms, answers, active_ms, keystrokes, corrections, compared, differing, mistakes)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (user, day) DO UPDATE SET
    forms = forms + excluded.forms,
    answers = answers + excluded.answers,
    active_ms = active_ms + excluded.active_ms,
    keystrokes = keystrokes + excluded.keystrokes,
    corrections = corrections + excluded.corrections,
    compared = compared + excluded.compared,
    differing = differing + excluded.differing,
    mistakes = mistakes + excluded.mistakes;
