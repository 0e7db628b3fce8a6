SELECT f.secret, f.confirmed_at, f.last_step, (SELECT count(*) FROM recovery_codes AS c WHERE c."user" = f."user")
FROM second_factors AS f WHERE f."user" = $1
