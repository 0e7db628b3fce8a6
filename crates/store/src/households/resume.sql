SELECT
    h.id,
    h.interview,
    h.commune,
    h.village,
    coalesce(v.name, '') AS village_name,
    h.head_name,
    h.code,
    h.address,
    h.citizen_id,
    h.members,
    h.previous_class,
    h.state,
    h.class,
    h.provisional,
    h.findings,
    h.answered,
    h.questions,
    h.custody,
    h.unsent,
    h.conflicts,
    h.warnings,
    h.merged_into,
    h.withdrawn,
    t.path,
    t.at
FROM cursors t
CROSS JOIN households h ON h.interview = t.subject_id
LEFT JOIN villages v ON v.commune = h.commune AND v.id = h.village
WHERE h.state = 'started' AND NOT h.hidden
ORDER BY t.turn DESC
LIMIT 1;
