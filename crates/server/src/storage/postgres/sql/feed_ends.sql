SELECT commune, last FROM feeds WHERE commune = ANY($1)
