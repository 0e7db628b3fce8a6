SELECT user, day, forms, answers, active_ms, keystrokes, corrections, compared, differing, mistakes
FROM operator_days
ORDER BY day DESC, user;
