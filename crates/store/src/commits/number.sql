SELECT max(number, coalesce((SELECT commits FROM cursors ORDER BY turn DESC LIMIT 1), 0)) FROM commits;
