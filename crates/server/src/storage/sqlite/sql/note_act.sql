INSERT INTO audit (number, at, actor, act, object, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
