SELECT place, bytes FROM attachment_pieces
WHERE name = $1 AND place < $3 AND place >= coalesce((SELECT max(place) FROM attachment_pieces WHERE name = $1 AND place <= $2), 0)
ORDER BY place
