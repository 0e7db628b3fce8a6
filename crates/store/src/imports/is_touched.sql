SELECT EXISTS (
    SELECT 1
    FROM edits e
    WHERE e.subject_id IN (?2, ?3)
        AND e.number > ?1
        -- A list that was undone since, and its undoing, come to nothing together.
        AND NOT EXISTS (
            SELECT 1
            FROM list_imports i
            WHERE i.undone_at IS NOT NULL
                AND (e.number BETWEEN i.first_edit AND i.last_edit OR e.number BETWEEN i.undo_first AND i.undo_last)
        )
)
OR EXISTS (SELECT 1 FROM forked_edits f WHERE f.subject_id IN (?2, ?3))
OR EXISTS (SELECT 1 FROM drafts d WHERE d.subject_id IN (?2, ?3));
