SELECT commune FROM attachment_names WHERE name = $1 ORDER BY commune LIMIT 1
