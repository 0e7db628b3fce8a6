-- The one before stays, for laptops that are in the middle of fetching it.
DELETE FROM snapshots
WHERE commune = $1
  AND number NOT IN (SELECT number FROM snapshots WHERE commune = $1 ORDER BY number DESC LIMIT 2)
