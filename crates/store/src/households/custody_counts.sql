SELECT
    count(*) FILTER (WHERE custody = 'nothing'),
    count(*) FILTER (WHERE custody = 'only_here'),
    count(*) FILTER (WHERE custody = 'confirmed'),
    count(*) FILTER (WHERE custody = 'refused')
FROM household_custody;
