SELECT count(*)
FROM households h
WHERE h.merged_into IS NULL
    AND (:words IS NULL OR h.number IN (SELECT rowid FROM household_words WHERE household_words MATCH :words))
    AND (:commune IS NULL OR h.commune = :commune)
    AND (:village IS NULL OR h.village = :village)
    AND (:state IS NULL OR h.state = :state)
    AND (:custody IS NULL OR (SELECT k.custody FROM household_custody k WHERE k.number = h.number) = :custody);
