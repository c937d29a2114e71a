#!/bin/bash
# MariaDB's server and client programs. The -core packages bring no system service, no user and no /var/lib/mysql.
# usage: mariadb-install.sh
. "$(dirname "$(realpath "$0")")/server.sh"
need mariadb-server-core mariadb-client-core
mariadbd --version
