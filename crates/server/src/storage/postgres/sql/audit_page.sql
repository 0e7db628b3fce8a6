SELECT at, actor, act, object, number FROM audit
WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR act = $2) AND ($3 = '' OR strpos(object, $3) > 0) AND at >= $4 AND at < $5
ORDER BY number DESC LIMIT $6 OFFSET $7
