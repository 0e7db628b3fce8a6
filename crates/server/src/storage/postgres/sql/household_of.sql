SELECT household FROM interviews WHERE commune = $1 AND interview = $2
