#!/bin/sh
# Runs a PostgreSQL of its own, on a socket in a directory of its own, until standard input ends: that is when whoever started
# it has gone, however. Prints the directory when it is ready. PostgreSQL refuses root, so root becomes `postgres`.
set -eu
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -n 1)")
[ -x "$bin/initdb" ] || { echo "PostgreSQL is not installed: run ci/install" >&2; exit 1; }
directory=$(mktemp -d "${TMPDIR:-/tmp}/dockspace-postgres.XXXXXX")
as=
if [ "$(id -u)" = 0 ]; then
    chown postgres "$directory"
    as='setpriv --reuid=postgres --regid=postgres --clear-groups --reset-env --'
fi
cd "$directory"
finish() {
    $as "$bin/pg_ctl" -D "$directory/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$directory"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
{
    $as "$bin/initdb" -D data -U dockspace -A trust -E UTF8 --locale=C --no-sync
    $as "$bin/pg_ctl" -D data -l "$directory/log" -w start \
        -o "-k '$directory' -c listen_addresses= -c max_connections=400 -c fsync=${1:-off}"
} >&2
echo "$directory"
cat >/dev/null
