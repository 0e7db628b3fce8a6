INSERT INTO audit (at, actor, act, object) VALUES ($1, $2, $3, $4)
