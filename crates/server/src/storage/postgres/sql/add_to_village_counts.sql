INSERT INTO village_counts AS c (commune, village_name, mark, households)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
ON CONFLICT (commune, village_name, mark) DO UPDATE SET households = c.households + excluded.households
