SELECT h.commune, h.household, h.village_name, h.marks, h.merged_into IS NOT NULL, h.withdrawn
FROM unnest($1::text[], $2::uuid[]) AS w (commune, household)
JOIN households AS h ON h.commune = w.commune AND h.household = w.household
