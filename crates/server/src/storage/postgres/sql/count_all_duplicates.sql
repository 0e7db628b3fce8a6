SELECT count(*) FROM duplicate_pairs WHERE $1 OR NOT same_commune
