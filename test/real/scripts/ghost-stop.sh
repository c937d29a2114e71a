#!/bin/bash
# Ends the Ghost of DATA and waits until it is gone; nothing running is fine. DATA keeps its content.
# usage: ghost-stop.sh DATA
. "$(dirname "$(realpath "$0")")/server.sh"
open_data "${1:-}"
end_process "$(cat "$DATA/pid" 2>/dev/null || true)" "$DATA/current/index.js"
rm -f "$DATA/pid" "$DATA/connection.json"
