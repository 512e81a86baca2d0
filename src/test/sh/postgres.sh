#!/usr/bin/env bash
# A PostgreSQL for one test, on loopback and in a folder of its own:
#   postgres.sh start PORT   starts it and prints the folder; POSTGRES_PASSWORD is its owner's
#   postgres.sh stop FOLDER  stops it and removes the folder
# Ends with 3 where PostgreSQL is not installed: bin/test-services installs it.
set -euo pipefail
cd /
as_owner=()
if [ "$(id -u)" = 0 ]; then
  # The server refuses to run as root.
  as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups --)
fi
binaries() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }
bin=$(binaries)
if [ -z "$bin" ]; then
  echo "PostgreSQL is not installed: apt-get install postgresql" >&2
  exit 3
fi
case "$1" in
  start)
    folder=$(mktemp -d)
    printf '%s' "$POSTGRES_PASSWORD" > "$folder/password"
    if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; fi
    "${as_owner[@]}" "$bin/initdb" -D "$folder/data" -U owner --pwfile="$folder/password" \
      --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >&2
    rm "$folder/password"
    "${as_owner[@]}" "$bin/pg_ctl" start -w -t 60 -D "$folder/data" -l "$folder/log" -o \
      "-c port=$2 -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off" >&2
    echo "$folder"
    ;;
  stop)
    "${as_owner[@]}" "$bin/pg_ctl" stop -w -m immediate -D "$2/data" >&2 || true
    rm -rf "$2"
    ;;
esac
