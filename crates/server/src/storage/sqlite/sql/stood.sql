SELECT marks FROM round_snapshot_lines WHERE number = ?1 AND commune = ?2 AND household = ?3;
