SELECT 1 FROM attachment_names WHERE commune = $1 AND name = $2
