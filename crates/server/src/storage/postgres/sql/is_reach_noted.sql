SELECT offered >= $3 AND held >= $4 FROM device_reach WHERE device = $1 AND commune = $2
