INSERT INTO directives (number, kind, key, content, said_by, said_at) VALUES ($1, $2, $3, $4, $5, $6)
