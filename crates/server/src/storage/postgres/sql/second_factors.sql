SELECT "user" FROM second_factors WHERE confirmed_at IS NOT NULL
