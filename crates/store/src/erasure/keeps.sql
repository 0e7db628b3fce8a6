-- Whether something of a subject is here that the province is not known to have.
SELECT
    EXISTS (SELECT 1 FROM edits e WHERE e.subject_id = ?1 AND e.custody NOT IN ('confirmed', 'foreign'))
    OR EXISTS (SELECT 1 FROM drafts d WHERE d.subject_id = ?1)
    OR EXISTS (SELECT 1 FROM forked_edits f WHERE f.subject_id = ?1)
    -- Brought by a stick, and no receipt for it was seen.
    OR EXISTS (
        SELECT 1
        FROM edits e
        JOIN batch_edits b ON b.writer = e.writer AND b.seq = e.seq
        WHERE e.subject_id = ?1
            AND e.custody = 'foreign'
            AND NOT EXISTS (
                SELECT 1 FROM batch_edits a WHERE a.writer = e.writer AND a.seq = e.seq AND a.accepted
            )
    )
    OR EXISTS (
        SELECT 1
        FROM attachment_names n
        JOIN attachments a ON a.name = n.name
        WHERE n.subject_id = ?1 AND NOT a.confirmed AND a.origin <> 'wanted'
    )
    -- A batch as it was signed goes as a whole: of each edit in it the province must have the word.
    OR EXISTS (
        SELECT 1
        FROM edits e
        JOIN batch_edits b ON b.writer = e.writer AND b.seq = e.seq
        JOIN batches k ON k.hash = b.batch
        JOIN batch_edits o ON o.batch = k.hash
        LEFT JOIN edits x ON x.writer = o.writer AND x.seq = o.seq
        WHERE e.subject_id = ?1
            AND NOT o.accepted
            AND NOT k.settled
            AND (k.origin = 'collected' OR x.custody IS NULL OR x.custody NOT IN ('confirmed', 'foreign'))
    );
