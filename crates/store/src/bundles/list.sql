SELECT direction, at, name, parties, edits, households, number FROM bundles ORDER BY number DESC LIMIT ?1;
