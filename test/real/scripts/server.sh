# Sourced by the scripts beside it: one way to fail, to add Debian packages, and to run a server from a DATA folder.
# Needs bash, coreutils, util-linux and node; no curl, jq or ps.
set -euo pipefail

die() { echo "${BASH_SOURCE[-1]}: $*" >&2; exit 1; }

# quietly LOG COMMAND...: silence unless it fails, then the end of LOG
quietly() {
  local log=$1; shift; local command="$*"
  "$@" >>"$log" 2>&1 </dev/null || { tail -n 20 "$log" >&2; die "failed: ${command:0:120} (all of it in $log)"; }
}

# need PACKAGE...: apt-get install those that are missing
need() {
  local p missing=()
  for p; do dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  local log; log=$(mktemp)
  with_apt "$log" apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
  rm -f "$log"
}

# with_apt LOG COMMAND...: on fresh package lists, one script at a time, and without starting any service
with_apt() {
  [ "$(id -u)" = 0 ] || die "only root can use apt here: ${*:2}"
  ( flock 8   # two at once would fight for apt's lists
    # apt starts a service that it installs, on its usual port; exit 101 here is Debian's way to forbid that
    policy=/usr/sbin/policy-rc.d
    [ -e $policy ] || { trap 'rm -f $policy' EXIT; printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; }
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >>"$1" 2>&1 8>&- || true   # one stale source need not matter; the command says if it does
    quietly "$@" 8>&-
  ) 8>/var/lib/apt/real.lock
}

# open_data PATH [create]: sets DATA, absolute, and holds it until this script ends, so a second start or stop waits its turn
open_data() {
  [ -n "${1:-}" ] || die "which DATA folder? usage: $(sed -n 's/^# usage: //p' "$0" | head -1)"
  DATA=$(realpath -m -- "$1")
  [[ $DATA =~ ^/[A-Za-z0-9/._+-]+$ ]] || die "DATA must be a plain path (letters, digits, / . _ + -): $DATA"
  [ -n "${2:-}" ] || [ -d "$DATA" ] || exit 0   # stop: nothing there, nothing to stop
  mkdir -p "$DATA"; exec 9>"$DATA/.lock"; flock -w 180 9 || die "another script holds $DATA"
}

# choose_port [PORT]: sets PORT; 0 or nothing means any free one
choose_port() {
  PORT=${1:-0}
  [[ $PORT =~ ^[0-9]{1,5}$ ]] || die "PORT must be a number: $PORT"
  [ "$PORT" != 0 ] || PORT=$(node -e 's=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
  ! answers "$PORT" || die "port $PORT on 127.0.0.1 is taken"
}
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# is PID TEXT: is that process alive with TEXT in its command line? A number recorded before a reboot may be anyone's now.
is() { [[ ${1:-} =~ ^[0-9]+$ ]] && grep -qsF -- "$2" "/proc/$1/cmdline"; }
gone() { ! is "$@"; }
# group PID TEXT: those of that process group (field 5 of stat) with TEXT; alone: there are none
group() {
  local file pid
  for file in $(grep -lsF -- "$2" /proc/[0-9]*/cmdline); do
    pid=${file//[!0-9]/}
    [ "$(sed 's/.*) . [0-9]* \([0-9]*\) .*/\1/' "/proc/$pid/stat" 2>/dev/null)" != "$1" ] || echo "$pid"
  done
}
alone() { [ -z "$(group "$@")" ]; }

# wait_until SECONDS COMMAND...: poll
wait_until() { local end=$((SECONDS + $1)); shift; until "$@"; do [ $SECONDS -lt $end ] || return 1; sleep 0.1; done; }

# end_process PID TEXT: TERM and up to 20 s, then KILL; then whatever of its group outlived it (each server leads a group of its own)
end_process() {
  [[ ${1:-} =~ ^[0-9]+$ ]] || return 0
  if is "$1" "$2"; then kill -TERM "$1" 2>/dev/null || true; wait_until 20 gone "$1" "$2" || kill -KILL "$1" 2>/dev/null || true; fi
  wait_until 2 alone "$1" "$2" || kill -KILL $(group "$1" "$2") 2>/dev/null || true
  wait_until 5 alone "$1" "$2" || die "processes of $1 do not end"
}

# become USER: AS is then the prefix that runs a command as USER, who is given DATA (root only; anyone else stays who they are).
# setpriv, unlike su and runuser, leaves no process of its own between, so $! is the server.
become() {
  AS=(); [ "$(id -u)" = 0 ] || return 0
  id "$1" >/dev/null 2>&1 || die "no user $1 on this machine"
  chown -R "$1" "$DATA"; AS=(setpriv --reuid "$1" --regid "$(id -g "$1")" --clear-groups --)
  "${AS[@]}" test -w "$DATA" || die "user $1 cannot reach $DATA: a folder above it is closed to others, as those of mktemp -d are (chmod a+x it)"
}

# one_server TEXT [PORT]: if our server is up on DATA, print how to reach it and end the script; end what is left of a broken one
one_server() {
  local pid port; pid=$(cat "$DATA/pid" 2>/dev/null || true)
  is "$pid" "$1" && [ -s "$DATA/connection.json" ] || { end_process "$pid" "$1"; return 0; }
  port=$(node -p 'new URL(require(process.argv[1]).url).port' "$DATA/connection.json")
  [ "${2:-0}" = 0 ] || [ "$2" = "$port" ] || die "already running on port $port; stop it first"
  cat "$DATA/connection.json"; exit 0
}
