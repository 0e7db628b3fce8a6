UPDATE households SET
    state = :state,
    class = :class,
    provisional = :provisional,
    findings = :findings,
    warnings = :warnings,
    answered = :answered,
    questions = :questions
WHERE id = :id;
