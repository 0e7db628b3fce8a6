UPDATE feeds AS f SET last = w.last FROM unnest($1::text[], $2::bigint[]) AS w (commune, last) WHERE f.commune = w.commune
