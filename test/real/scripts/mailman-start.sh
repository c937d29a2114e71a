#!/bin/bash
# Mailman 3 core, REST on 127.0.0.1, sqlite in DATA; prints and writes DATA/connection.json: {url, user, password, pid}
# usage: mailman-start.sh DATA [PORT=0, any free one]
. "$(dirname "$(realpath "$0")")/server.sh"
MASTER=/usr/lib/mailman3/bin/master; [ -x $MASTER ] || die "no Mailman; run mailman-install.sh"
open_data "${1:-}" create
one_server "$DATA/mailman.cfg" "${2:-0}"   # Mailman's runners outlive a killed master, and hold its port
choose_port "${2:-0}"
WHO=restadmin PASSWORD=restpass
mkdir -p "$DATA/tmp"; rm -f "$DATA/connection.json"; cd "$DATA"

# Mail neither comes nor goes here, so the runners for it are off; left on are bounces, rest and task.
cat >mailman.cfg <<C
[mailman]
layout: here
site_owner: owner@example.test
[paths.here]
var_dir: $DATA
bin_dir: /usr/lib/mailman3/bin
[webservice]
hostname: 127.0.0.1
port: $PORT
admin_user: $WHO
admin_pass: $PASSWORD
[mta]
incoming: mailman.mta.null.NullMTA
[bounces]
register_bounces_every: 1s
[database]
class: mailman.database.sqlite.SQLiteDatabase
url: sqlite:///$DATA/mailman.db
$(printf '[runner.%s]\nstart: no\n' archive command digest in lmtp nntp out pipeline retry virgin)
C
become list   # Debian's own user for it
# TMPDIR: root's may be closed to that user. --force: a killed master leaves its lock, and none is alive here (checked above).
TMPDIR=$DATA/tmp "${AS[@]}" setsid $MASTER -C "$DATA/mailman.cfg" --force >master.log 2>&1 </dev/null 9>&- & PID=$!
echo $PID >pid

get() { node -e 'fetch(process.argv[1],{headers:{authorization:"Basic "+btoa(process.argv[2])}}).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))' "$1" $WHO:$PASSWORD; }
URL=http://127.0.0.1:$PORT/3.1
up_or_dead() { answers "$PORT" && get "$URL/system/versions" || ! kill -0 $PID 2>/dev/null; }
wait_until 60 up_or_dead && kill -0 $PID 2>/dev/null || { end_process $PID "$DATA/mailman.cfg"; tail -n 15 master.log logs/mailman.log >&2; die "Mailman did not start; see $DATA/logs"; }
printf '{"url":"%s","user":"%s","password":"%s","pid":%s}\n' "$URL" $WHO $PASSWORD $PID >connection.json
cat connection.json
