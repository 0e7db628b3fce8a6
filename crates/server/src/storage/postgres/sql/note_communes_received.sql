INSERT INTO commune_received AS r (commune, last_at) SELECT * FROM unnest($1::text[], $2::bigint[])
ON CONFLICT (commune) DO UPDATE SET last_at = greatest(r.last_at, excluded.last_at)
