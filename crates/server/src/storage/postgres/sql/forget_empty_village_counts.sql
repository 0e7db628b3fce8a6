DELETE FROM village_counts AS c USING unnest($1::text[], $2::text[], $3::text[]) AS w (commune, village_name, mark)
WHERE c.commune = w.commune AND c.village_name = w.village_name AND c.mark = w.mark AND c.households = 0
