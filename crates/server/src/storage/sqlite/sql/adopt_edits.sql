INSERT INTO household_edits (commune, household, edit)
SELECT commune, ?3, edit FROM ownerless_edits WHERE commune = ?1 AND interview = ?2
ON CONFLICT (commune, household, edit) DO NOTHING
