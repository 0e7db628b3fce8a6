INSERT INTO commune_counts AS c (commune, mark, households) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
ON CONFLICT (commune, mark) DO UPDATE SET households = c.households + excluded.households
