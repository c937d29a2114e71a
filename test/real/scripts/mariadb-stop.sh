#!/bin/bash
# Ends the MariaDB of DATA and waits until it is gone; nothing running is fine. DATA keeps its tables.
# usage: mariadb-stop.sh DATA
. "$(dirname "$(realpath "$0")")/server.sh"
open_data "${1:-}"
end_process "$(cat "$DATA/pid" 2>/dev/null || true)" "--datadir=$DATA/files"
rm -f "$DATA/pid" "$DATA/connection.json"
