UPDATE attachments SET have = have + $2 WHERE name = $1
