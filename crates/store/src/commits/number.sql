SELECT max(number, coalesce((SELECT commits FROM given ORDER BY number DESC LIMIT 1), 0)) FROM commits;
