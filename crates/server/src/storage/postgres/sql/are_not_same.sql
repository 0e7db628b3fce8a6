SELECT n.first, n.second FROM unnest($1::uuid[], $2::uuid[]) AS w (first, second)
JOIN not_same AS n ON n.first = w.first AND n.second = w.second
