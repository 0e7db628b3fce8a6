SELECT count(*) FROM audit
WHERE (?1 = '' OR actor = ?1) AND (?2 = '' OR act = ?2) AND (?3 = '' OR instr(object, ?3) > 0) AND at >= ?4 AND at < ?5
