-- Withdrawn households that nobody works on are in no list.
DELETE FROM villages
WHERE commune = ?1
    AND id = ?2
    AND NOT EXISTS (
        SELECT 1
        FROM households h
        WHERE h.commune = ?1 AND h.village = ?2 AND NOT (h.withdrawn AND h.state = 'listed' AND h.drafts = 0)
    );
