SELECT positions FROM cursors WHERE hash = $1
