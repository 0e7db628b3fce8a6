UPDATE households SET
    state = :state,
    class = :class,
    provisional = :provisional,
    findings = :findings,
    answered = :answered,
    questions = :questions
WHERE id = :id;
