SELECT place, bytes FROM snapshot_pieces
WHERE commune = $1 AND number = $2 AND place > $3::bigint - $5::bigint AND place < $4
ORDER BY place
