SELECT direction, at, name, parties, edits, households FROM bundles ORDER BY number DESC LIMIT ?1;
