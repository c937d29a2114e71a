#!/bin/bash
# Ghost on 127.0.0.1 with sqlite in DATA; prints and writes DATA/connection.json: {url, key, user, password, pid}
# usage: ghost-start.sh DATA [PORT=0, any free one] [APP=/tmp/ghost-app]
HERE=$(dirname "$(realpath "$0")"); . "$HERE/server.sh"
APP=$(realpath -m -- "${3:-${GHOST_DIR:-/tmp/ghost-app}}")
[ -f "$APP/current/.installed" ] || die "no Ghost in $APP; run ghost-install.sh $APP"
open_data "${1:-}" create; one_server "$DATA/current/index.js" "${2:-0}"; choose_port "${2:-0}"

mkdir -p "$DATA"/content/{data,logs,images,files,media,settings,public,themes,adapters}
[ -e "$DATA/content/themes/source" ] || cp -r "$APP"/current/content/themes/* "$DATA/content/themes/"
ln -sfn "$APP/current" "$DATA/current"
# shutdownTimeout: Ghost else waits a minute for open keep-alive connections. spam, staffDeviceVerification: tests sign in often, and no mail is sent.
cat >"$DATA/config.production.json" <<C
{"url":"http://127.0.0.1:$PORT","server":{"host":"127.0.0.1","port":$PORT,"shutdownTimeout":1000},
 "database":{"client":"sqlite3","connection":{"filename":"$DATA/content/data/ghost.db"},"useNullAsDefault":true},
 "mail":{"transport":"stub"},"logging":{"transports":["stdout"],"level":"warn"},"process":"local",
 "paths":{"contentPath":"$DATA/content"},
 "privacy":{"useUpdateCheck":false,"useGravatar":false,"useRpcPing":false,"useStructuredData":false},
 "spam":{"user_login":{"freeRetries":1000},"global_block":{"freeRetries":1000}},"security":{"staffDeviceVerification":false}}
C
cd "$DATA"; rm -f connection.json   # Ghost reads its settings from the folder it starts in
NODE_ENV=production setsid node "$DATA/current/index.js" >ghost.log 2>&1 </dev/null 9>&- & PID=$!
echo $PID >pid
node "$HERE/ghost-connect.mjs" "$DATA" "http://127.0.0.1:$PORT" $PID || { end_process $PID "$DATA/current/index.js"; tail -n 15 ghost.log >&2; die "Ghost did not start; see $DATA/ghost.log"; }
cat connection.json
