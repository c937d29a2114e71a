#!/bin/bash
# Ghost (MIT) without a compiler: yarn with --ignore-scripts, and Debian's prebuilt sqlite binding (N-API, so it fits any Node).
# usage: ghost-install.sh [APP=$GHOST_DIR or /tmp/ghost-app]      result: APP/current; keep APP between runs, a second run returns at once
. "$(dirname "$(realpath "$0")")/server.sh"
VERSION=5.130.6
APP=$(realpath -m -- "${1:-${GHOST_DIR:-/tmp/ghost-app}}"); mkdir -p "$APP"; cd "$APP"
exec 9>.lock; flock 9   # a parallel install waits here, then finds the work done
[ "$(cat current/.installed 2>/dev/null)" != $VERSION ] || { echo "ghost $VERSION in $APP"; exit 0; }
[[ $(node -v 2>/dev/null) =~ ^v(18|20|22)\. ]] || die "Ghost $VERSION wants Node 18, 20 or 22; found $(node -v 2>/dev/null || echo none)"

need libsqlite3-0 patchelf
rm -rf build; mkdir -p build/tmp build/deb; export TMPDIR=$APP/build/tmp; LOG=$APP/install.log; : >"$LOG"
export npm_config_fetch_retry_mintimeout=1000 npm_config_fetch_retry_maxtimeout=5000   # without a network, fail in seconds; npm would take minutes
cd build
quietly "$LOG" npm pack "ghost@$VERSION" --silent
mkdir app; tar xzf "ghost-$VERSION.tgz" -C app --strip-components=1
# Ghost ships a yarn.lock and bundled components that npm's own installer cannot resolve
quietly "$LOG" npm install --silent --no-audit --no-fund --prefix ./tools yarn@1.22.22
cd deb; with_apt "$LOG" apt-get download -qq node-sqlite3   # only for its binding: installed, it would bring Debian's own Node
dpkg -x node-sqlite3_*.deb .; cd ..

cd app
REGISTRY=$(npm config get registry 2>/dev/null); REGISTRY=${REGISTRY%/}
# the lock file names another host than the registry that npm is set to use here
sed -i -E "s#^(  resolved \")https://[^/]+/#\1$REGISTRY/#" yarn.lock
node -e 'const f="package.json",p=JSON.parse(fs.readFileSync(f));delete p.devDependencies;fs.writeFileSync(f,JSON.stringify(p,null,2))'
quietly "$LOG" ../tools/node_modules/.bin/yarn install --production --no-progress --ignore-engines --ignore-scripts --non-interactive \
  --registry "$REGISTRY" --cache-folder ../yarn-cache --network-timeout 120000
mkdir -p node_modules/sqlite3/build/Release
cp ../deb/usr/lib/*/nodejs/sqlite3/lib/binding/napi-v6-*/node_sqlite3.node node_modules/sqlite3/build/Release/
# Debian links the binding to its own libnode; the running node has those symbols
patchelf --print-needed node_modules/sqlite3/build/Release/node_sqlite3.node | grep '^libnode' |
  xargs -r -I{} patchelf --remove-needed {} node_modules/sqlite3/build/Release/node_sqlite3.node
quietly "$LOG" node -e 'new (require("sqlite3").Database)(":memory:").get("select 1",e=>{if(e)throw e})'
echo $VERSION >.installed
cd "$APP"; rm -rf current; mv build/app current; rm -rf build   # current appears only when whole
echo "ghost $VERSION in $APP"
