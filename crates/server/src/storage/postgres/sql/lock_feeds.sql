SELECT commune, last FROM feeds WHERE commune = ANY($1) ORDER BY commune FOR NO KEY UPDATE
