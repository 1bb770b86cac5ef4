#!/usr/bin/env bash
# Measures the PostgreSQL engine on 1,000,000 keys and 10,000,000 audit events, beside pgbench, and then whole nodes
# (nodes.py), on a server of its own that flushes to disk. Filling takes some minutes; --keep FOLDER keeps the database
# there for another run.
#
# Usage: bench/postgres/run.sh [--blocks BLOCKS OF 4,096 KEYS] [--events EVENTS] [--keep FOLDER] [--only fill|measure]
set -euo pipefail
cd "$(dirname "$0")/../.."

blocks=245 events=10000000 keep='' only=''
while [ $# -gt 0 ]; do
    case $1 in
        --blocks) blocks=$2 ;;
        --events) events=$2 ;;
        --keep) keep=$2 ;;
        --only) only=$2 ;;
        *) sed -n 's/^# Usage: //p' "$0" >&2; exit 2 ;;
    esac
    shift 2
done

programs=$(scripts/install-postgres.sh --print-programs)
bench=.build/release/PostgresBench
scripts/install-bench-dependencies.sh
for product in keywright KeywrightBench PostgresBench; do
    [ -x ".build/release/$product" ] || swift build -c release --product "$product"
done
folder=${keep:-$(mktemp -d "${TMPDIR:-/tmp}/keywright-bench.XXXXXX")}
mkdir -p "$folder"

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$folder"
    as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups env -C "$folder")
fi
stop() {
    "${as_owner[@]}" "$programs/pg_ctl" stop --pgdata="$folder/data" --mode=fast --silent >/dev/null 2>&1 || true
    [ -n "$keep" ] || rm -rf "$folder"
}
trap stop EXIT

if [ ! -d "$folder/data" ]; then
    "${as_owner[@]}" "$programs/initdb" --pgdata="$folder/data" --username=keywright --encoding=UTF8 \
        --locale=C.UTF-8 --auth=trust --no-instructions >/dev/null
fi
"${as_owner[@]}" "$programs/pg_ctl" start --pgdata="$folder/data" --wait --silent --log="$folder/log" \
    --options="-c listen_addresses='' -c unix_socket_directories='$folder' -c shared_buffers=2GB \
        -c maintenance_work_mem=512MB -c max_wal_size=16GB"
sql() { "$programs/psql" --host="$folder" --username=keywright --no-psqlrc --quiet -v ON_ERROR_STOP=1 "$@"; }
url="postgres://keywright@/keywright?host=$folder"

if [ "$only" != measure ]; then
    "$programs/createdb" --host="$folder" --username=keywright keywright
    "$bench" --prepare "$url"
    time sql keywright -v blocks="$blocks" -v events="$events" -c 'SET search_path = keywright' \
        -f bench/postgres/fill.sql >/dev/null
    time sql keywright -c 'VACUUM ANALYZE' -c 'CHECKPOINT'
fi
[ "$only" != fill ] || exit 0

uptime
sql keywright -c 'SET search_path = keywright' -f bench/postgres/depths.sql
for part in keys events; do
    [ $part = keys ] && tables="'api_keys', 'grants', 'api_key_sets', 'deleted_api_keys'" || tables="'audit_events'"
    sql keywright --tuples-only -c "SET search_path = keywright" -c "
        SELECT '$part with their indexes: ' || pg_size_pretty(sum(pg_total_relation_size(relid)))
        FROM unnest(ARRAY[$tables]) AS t, pg_partition_tree(t::regclass)
        UNION ALL SELECT '$part, plain: ' || pg_size_pretty(sum(pg_total_relation_size(t::regclass)))
        FROM unnest(ARRAY[$tables]) AS t"
done
"$bench" "$url"
pgbench() {
    PGOPTIONS='-c search_path=keywright' "$programs/pgbench" --host="$folder" --username=keywright --no-vacuum \
        --protocol=prepared "$@" keywright | grep -E 'tps|latency average|failed'
}
echo 'pgbench, the rows of a create, 8 clients:'
pgbench --client=8 --jobs=2 --time=20 --file=bench/postgres/create.sql
echo 'pgbench, the rows of a create, 1 client:'
pgbench --client=1 --time=10 --file=bench/postgres/create.sql
echo 'The store once more, in the other order:'
"$bench" "$url" | grep create
uptime
"$programs/dropdb" --host="$folder" --username=keywright --if-exists keywright_nodes
"$programs/createdb" --host="$folder" --username=keywright keywright_nodes
python3 bench/postgres/nodes.py "postgres://keywright@/keywright_nodes?host=$folder" --programs "$programs"
