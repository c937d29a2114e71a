#!/bin/bash
# MariaDB on 127.0.0.1 with its files in DATA; prints and writes DATA/connection.json: {url, host, port, user, password, database, pid}
# usage: mariadb-start.sh DATA [PORT=0, any free one]      MARIADB_USER=nobody is who it runs as when root starts it
. "$(dirname "$(realpath "$0")")/server.sh"
command -v mariadbd >/dev/null || die "no mariadbd; run mariadb-install.sh"
open_data "${1:-}" create; one_server "--datadir=$DATA/files" "${2:-0}"; choose_port "${2:-0}"
WHO=test PASSWORD=testpass DATABASE=test
mkdir -p "$DATA/tmp"; rm -f "$DATA/connection.json"; cd "$DATA"
become "${MARIADB_USER:-nobody}"   # the server refuses root

# --no-defaults: none of this machine's own settings. Made aside, then moved: a broken first run leaves nothing half made.
if [ ! -d files ]; then
  rm -rf files.new
  quietly install.log "${AS[@]}" mariadb-install-db --no-defaults --datadir="$DATA/files.new" --tmpdir="$DATA/tmp" \
    --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve
  chmod 700 files.new; mv files.new files
fi
# Read at every start, before connections are taken. root keeps no password, but only by the socket inside files/.
cat >init.sql <<S
DELETE FROM mysql.global_priv WHERE User='' OR (User='root' AND Host<>'localhost');
FLUSH PRIVILEGES;
CREATE DATABASE IF NOT EXISTS $DATABASE CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS '$WHO'@'%' IDENTIFIED BY '$PASSWORD';
GRANT ALL ON *.* TO '$WHO'@'%' WITH GRANT OPTION;
S
# --socket is relative to the files: a whole path may pass the 107 bytes that a socket's may have
"${AS[@]}" setsid mariadbd --no-defaults --datadir="$DATA/files" --tmpdir="$DATA/tmp" --init-file="$DATA/init.sql" --socket=server.sock \
  --pid-file=server.pid --bind-address=127.0.0.1 --port="$PORT" --skip-name-resolve --innodb-buffer-pool-size=64M >mariadb.log 2>&1 </dev/null 9>&- & PID=$!
echo $PID >pid

select_one() { mariadb --no-defaults -h127.0.0.1 -P"$PORT" -u$WHO -p$PASSWORD -e 'SELECT 1' $DATABASE >/dev/null 2>&1; }
up_or_dead() { select_one || ! kill -0 $PID 2>/dev/null; }
wait_until 60 up_or_dead && select_one || { end_process $PID "--datadir=$DATA/files"; tail -n 15 mariadb.log >&2; die "MariaDB did not start; see $DATA/mariadb.log"; }
printf '{"url":"mysql://%s:%s@127.0.0.1:%s/%s","host":"127.0.0.1","port":%s,"user":"%s","password":"%s","database":"%s","pid":%s}\n' \
  $WHO $PASSWORD "$PORT" $DATABASE "$PORT" $WHO $PASSWORD $DATABASE $PID >connection.json
cat connection.json
