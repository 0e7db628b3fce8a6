INSERT INTO persons (household, member, is_head, name, folded, birth, citizen_id)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::text[])
