SELECT at, actor, act, object FROM audit ORDER BY number DESC LIMIT $1
