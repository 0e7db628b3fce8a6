DELETE FROM commune_counts AS c USING unnest($1::text[], $2::text[]) AS w (commune, mark)
WHERE c.commune = w.commune AND c.mark = w.mark AND c.households = 0
