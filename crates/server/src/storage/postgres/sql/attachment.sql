SELECT size, have, whole FROM attachments WHERE name = $1
