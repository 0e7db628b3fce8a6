SELECT
    h.commune,
    h.village,
    h.state,
    h.class,
    h.previous_class,
    h.custody,
    h.findings,
    h.warnings,
    h.conflicts,
    h.answered,
    h.questions,
    h.code,
    h.sort_key,
    v.name,
    v.sort_key,
    c.sort_key,
    h.head_name,
    h.address,
    h.citizen_id,
    h.id,
    h.hidden
FROM households h
LEFT JOIN communes c ON c.code = h.commune
LEFT JOIN villages v ON v.commune = h.commune AND v.id = h.village
WHERE h.number = ?1;
