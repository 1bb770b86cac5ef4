#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own: a temporary folder, a Unix socket. It does not flush to disk, since
# its data ends with it, and all that tests kill are processes: what these had written stays in the system's memory.
# The command finds the database in TEST_POSTGRES_URL. A server that is named there already is used instead.
#
# Usage: scripts/with-postgres.sh COMMAND [ARGUMENT]...
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${TEST_POSTGRES_URL:-}" ]; then
    exec "$@"
fi

scripts/install-postgres.sh
programs=$(scripts/install-postgres.sh --print-programs)
folder=$(mktemp -d "${TMPDIR:-/tmp}/keywright-postgres.XXXXXX")

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$folder"
    as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups env -C "$folder")
fi

stop() {
    "${as_owner[@]}" "$programs/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --silent >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT

"${as_owner[@]}" "$programs/initdb" --pgdata="$folder/data" --username=keywright --encoding=UTF8 --locale=C.UTF-8 \
    --auth=trust --no-instructions >/dev/null
"${as_owner[@]}" "$programs/pg_ctl" start --pgdata="$folder/data" --wait --silent --log="$folder/log" \
    --options="-c listen_addresses='' -c unix_socket_directories='$folder' -c max_connections=400 -c fsync=off" \
    >/dev/null || {
    cat "$folder/log" >&2
    exit 1
}
"$programs/createdb" --host="$folder" --username=keywright keywright_test
export TEST_POSTGRES_URL="postgres://keywright@/keywright_test?host=$folder"

status=0
"$@" || status=$?
exit "$status"
