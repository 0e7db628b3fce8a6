DELETE FROM login_failures WHERE name = $1
