-- Away before they are read: who writes a line of one meanwhile marks it again, after this. Those of lines not yet committed stay.
DELETE FROM unindexed_households AS u
USING (SELECT commune, household FROM unindexed_households LIMIT $1 FOR UPDATE SKIP LOCKED) AS w
WHERE u.commune = w.commune AND u.household = w.household
RETURNING u.commune, u.household, u.persons
