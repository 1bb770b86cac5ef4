#!/usr/bin/env bash
# Measures the PostgreSQL engine on 1,000,000 keys and 10,000,000 audit events, beside pgbench, and then whole nodes
# (nodes.py), on a server of its own that flushes to disk. Filling takes some minutes; --keep FOLDER keeps the database
# there for another run.
#
# Usage: bench/postgres/run.sh [--blocks BLOCKS OF 4,096 KEYS] [--events EVENTS] [--keep FOLDER] [--only fill|measure]
set -euo pipefail
cd "$(dirname "$0")/../.."

arguments=("$@") blocks=245 events=10000000 keep='' only=''
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

bench=.build/release/PostgresBench
scripts/install-bench-dependencies.sh
for product in keywright KeywrightBench PostgresBench; do
    [ -x ".build/release/$product" ] || swift build -c release --product "$product"
done
if [ -z "${TEST_POSTGRES_URL:-}" ]; then
    exec scripts/with-postgres.sh ${keep:+--keep "$keep"} --set fsync=on --set shared_buffers=2GB \
        --set maintenance_work_mem=512MB --set max_wal_size=16GB bench/postgres/run.sh "${arguments[@]}"
fi
url=$TEST_POSTGRES_URL
programs=$(scripts/install-postgres.sh --print-programs)
sql() { "$programs/psql" --no-psqlrc --quiet -v ON_ERROR_STOP=1 "$@" "$url"; }

if [ "$only" != measure ]; then
    "$bench" --prepare "$url"
    time sql -v blocks="$blocks" -v events="$events" -c 'SET search_path = keywright' -f bench/postgres/fill.sql \
        >/dev/null
    time sql -c 'VACUUM ANALYZE' -c 'CHECKPOINT'
fi
[ "$only" != fill ] || exit 0

uptime
sql -c 'SET search_path = keywright' -f bench/postgres/depths.sql
sql --tuples-only -c 'SET search_path = keywright' -c "
    SELECT 'keys with their grants, sets and indexes: ' || pg_size_pretty(sum(pg_total_relation_size(t::regclass)))
    FROM unnest(ARRAY['api_keys', 'grants', 'api_key_sets', 'deleted_api_keys']) AS t
    UNION ALL SELECT 'events: ' || pg_size_pretty(sum(pg_table_size(relid)))
        || ', their indexes: ' || pg_size_pretty(sum(pg_indexes_size(relid)))
    FROM pg_partition_tree('audit_events')"
"$bench" "$url"
pgbench() {
    PGOPTIONS='-c search_path=keywright' "$programs/pgbench" --no-vacuum --protocol=prepared "$@" "$url" |
        grep -E 'tps|latency average|failed'
}
echo 'pgbench, the rows of a create, 8 clients:'
pgbench --client=8 --jobs=2 --time=20 --file=bench/postgres/create.sql
echo 'pgbench, the rows of a create, 1 client:'
pgbench --client=1 --time=10 --file=bench/postgres/create.sql
echo 'The store once more, in the other order:'
"$bench" "$url" | grep create
uptime
sql -c 'DROP DATABASE IF EXISTS keywright_nodes' -c 'CREATE DATABASE keywright_nodes'
python3 bench/postgres/nodes.py "$(sed -E 's|(://[^/]*/)[^?]*|\1keywright_nodes|' <<<"$url")" --programs "$programs"
