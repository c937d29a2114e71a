#!/bin/bash
# Ends the Mailman of DATA, master and runners, and waits until they are gone; nothing running is fine. DATA keeps its lists.
# usage: mailman-stop.sh DATA
. "$(dirname "$(realpath "$0")")/server.sh"
open_data "${1:-}"
end_process "$(cat "$DATA/pid" 2>/dev/null || true)" "$DATA/mailman.cfg"
rm -f "$DATA/pid" "$DATA/connection.json"
