SELECT c.commune,
    sum(c.households) FILTER (WHERE c.mark = 'all')::bigint,
    coalesce(sum(c.households) FILTER (WHERE c.mark = 'state.started'), 0)::bigint,
    coalesce(sum(c.households) FILTER (WHERE c.mark = 'state.signed'), 0)::bigint,
    coalesce(sum(c.households) FILTER (WHERE c.mark = 'class_2022.poor'), 0)::bigint,
    coalesce(sum(c.households) FILTER (WHERE c.mark = 'class_2022.near_poor'), 0)::bigint,
    coalesce(sum(c.households) FILTER (WHERE c.mark = 'open'), 0)::bigint,
    coalesce(sum(c.households) FILTER (WHERE c.mark = 'conflict'), 0)::bigint,
    coalesce(max(r.last_at), 0)
FROM commune_counts AS c LEFT JOIN commune_received AS r ON r.commune = c.commune
GROUP BY c.commune ORDER BY c.commune
