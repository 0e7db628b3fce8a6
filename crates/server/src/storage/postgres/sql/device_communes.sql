SELECT commune FROM device_communes WHERE device = $1
