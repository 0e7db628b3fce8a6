UPDATE attachments SET whole = TRUE WHERE name = $1 AND have = size
