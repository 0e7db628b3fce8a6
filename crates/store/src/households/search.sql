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
    k.custody,
    k.unsent,
    h.conflicts,
    h.merged_into
-- Custody is counted for the rows of the page alone, unless it is asked for.
FROM (
    SELECT h.number
    FROM households h
    LEFT JOIN communes c ON c.code = h.commune
    LEFT JOIN villages v ON v.commune = h.commune AND v.id = h.village
    WHERE h.merged_into IS NULL
        AND (:words IS NULL OR h.number IN (SELECT rowid FROM household_words WHERE household_words MATCH :words))
        AND (:commune IS NULL OR h.commune = :commune)
        AND (:village IS NULL OR h.village = :village)
        AND (:state IS NULL OR h.state = :state)
        AND (:custody IS NULL OR (SELECT k.custody FROM household_custody k WHERE k.number = h.number) = :custody)
    ORDER BY c.sort_key, h.commune, v.sort_key, h.village, h.sort_key, h.id
    LIMIT :limit OFFSET :offset
) AS page
JOIN households h ON h.number = page.number
JOIN household_custody k ON k.number = h.number
LEFT JOIN communes c ON c.code = h.commune
LEFT JOIN villages v ON v.commune = h.commune AND v.id = h.village
ORDER BY c.sort_key, h.commune, v.sort_key, h.village, h.sort_key, h.id;
