#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own: a temporary folder, a Unix socket. It does not flush to disk, since
# its data ends with it, and all that tests kill are processes: what these had written stays in the system's memory.
# The command finds the database in TEST_POSTGRES_URL. A server that is named there already is used instead.
#
# Usage: scripts/with-postgres.sh [--keep FOLDER] [--set NAME=VALUE]... COMMAND [ARGUMENT]...
#   --keep   the server's folder, which stays and is used again
#   --set    a setting of the server, as in fsync=on
set -euo pipefail
cd "$(dirname "$0")/.."

keep='' settings=()
while true; do
    case ${1:-} in
    --keep) keep=$2 ;;
    --set) settings+=(-c "$2") ;;
    *) break ;;
    esac
    shift 2
done

if [ -n "${TEST_POSTGRES_URL:-}" ]; then
    exec "$@"
fi

scripts/install-postgres.sh
programs=$(scripts/install-postgres.sh --print-programs)
folder=${keep:-$(mktemp -d "${TMPDIR:-/tmp}/keywright-postgres.XXXXXX")}
mkdir -p "$folder"
folder=$(realpath "$folder")

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$folder"
    as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups env -C "$folder")
fi

stop() {
    local mode=immediate
    [ -z "$keep" ] || mode=fast
    "${as_owner[@]}" "$programs/pg_ctl" stop --pgdata="$folder/data" --mode=$mode --silent >/dev/null 2>&1 || true
    [ -n "$keep" ] || rm -rf "$folder"
}
trap stop EXIT

is_new=0
if [ ! -d "$folder/data" ]; then
    is_new=1
    "${as_owner[@]}" "$programs/initdb" --pgdata="$folder/data" --username=keywright --encoding=UTF8 \
        --locale=C.UTF-8 --auth=trust --no-instructions >/dev/null
fi
"${as_owner[@]}" "$programs/pg_ctl" start --pgdata="$folder/data" --wait --silent --log="$folder/log" \
    --options="-c listen_addresses='' -c unix_socket_directories='$folder' -c max_connections=400 -c fsync=off \
        ${settings[*]}" >/dev/null || {
    cat "$folder/log" >&2
    exit 1
}
[ $is_new -eq 0 ] || "$programs/createdb" --host="$folder" --username=keywright keywright_test
export TEST_POSTGRES_URL="postgres://keywright@/keywright_test?host=$folder"

status=0
"$@" || status=$?
exit "$status"
