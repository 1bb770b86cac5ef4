#!/usr/bin/env bash
# Tries out an installation of several nodes, on this machine alone: PostgreSQL, three nodes of Keywright, and nginx in
# front of them, all on loopback. The data stays in a folder; the next start goes on with it. Control-C stops it all.
#
# For others, docs/operations.md says how to set up the same on several machines.
#
# Usage: scripts/cluster.sh [--data DIR] [--port PORT]
#   --data   the folder of all data and logs (default: ./data-cluster)
#   --port   where nginx listens (default: 8080); the nodes and PostgreSQL take the four ports above it
# KEYWRIGHT_BINARY names another binary than .build/release/keywright.
set -euo pipefail
cd "$(dirname "$0")/.."

data=./data-cluster port=8080
while [ $# -gt 0 ]; do
    case "$1 ${2:+value}" in
    "--data value") data=$2 ;;
    "--port value") port=$2 ;;
    *)
        sed -n 's/^# \(Usage:.*\)/\1/p' "$0" >&2
        exit 2
        ;;
    esac
    shift 2
done
[[ $port =~ ^[1-9][0-9]{0,4}$ ]] && [ "$port" -le 65531 ] || {
    echo "--port is a number from 1 to 65531." >&2
    exit 2
}
keywright=$(realpath -m "${KEYWRIGHT_BINARY:-.build/release/keywright}")
[ -x "$keywright" ] || {
    echo "$keywright is not there: make build" >&2
    exit 1
}
PATH=$PATH:/usr/sbin
database_port=$((port + 4))
url=http://127.0.0.1:$port

# ---- what is needed ----

scripts/install-postgres.sh
programs=$(scripts/install-postgres.sh --print-programs)
command -v nginx >/dev/null || scripts/install-packages.sh nginx
command -v curl >/dev/null || scripts/install-packages.sh curl

mkdir -p "$data"
chmod 711 "$data"
data=$(realpath "$data")
exec 9>"$data/lock"
flock --nonblock 9 || {
    echo "Another cluster runs on $data." >&2
    exit 3
}
for offset in 0 1 2 3 4; do
    if (exec 8<>"/dev/tcp/127.0.0.1/$((port + offset))") 2>/dev/null; then
        echo "The port $((port + offset)) is taken. --port (make cluster PORT=9090) chooses others." >&2
        exit 1
    fi
done
# Sockets and what a run leaves behind; the path of a socket must be short.
run=$(mktemp -d "${TMPDIR:-/tmp}/keywright-cluster.XXXXXX")

# PostgreSQL refuses to run as root. Its user reaches the data also where the folders above are root's alone.
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
    as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups)
    "${as_owner[@]}" test -x "$data" || as_owner+=(--inh-caps=+dac_override --ambient-caps=+dac_override)
    chown postgres "$run"
    chmod 711 "$run"
fi

# ---- stopping ----

nodes=() nginx=
stop() {
    trap '' INT TERM
    [ ! -t 1 ] || echo
    echo "Stopping."
    [ -z "$nginx" ] || kill -QUIT "$nginx" 2>/dev/null || true
    [ ${#nodes[@]} -eq 0 ] || kill -TERM "${nodes[@]}" 2>/dev/null || true
    wait || true
    postgres stop --mode=fast --silent >/dev/null 2>&1 || true
    rm -rf "$run"
}
postgres() { "${as_owner[@]}" env -C / "$programs/pg_ctl" --pgdata="$data/postgres" "$@" 9>&-; }
trap stop EXIT
trap 'exit 0' INT TERM

failed() {
    echo "$1 did not start. The end of its log, $2:" >&2
    tail -n 20 "$2" >&2
    exit 1
}

# ---- PostgreSQL ----

if [ ! -e "$data/postgres/PG_VERSION" ]; then
    echo "Making a database in $data/postgres"
    rm -rf "$data/postgres"
    mkdir -m 700 "$data/postgres"
    [ "$(id -u)" -ne 0 ] || chown postgres "$data/postgres"
    "${as_owner[@]}" env -C / "$programs/initdb" --pgdata="$data/postgres" --username=postgres --encoding=UTF8 \
        --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256 --no-instructions >/dev/null
fi
# Left behind by a run that was killed.
postgres status >/dev/null && postgres stop --mode=fast --silent
postgres_log=$run/postgres.log
postgres start --wait --silent --log="$postgres_log" --options="-c listen_addresses=127.0.0.1 -c port=$database_port \
    -c unix_socket_directories='$run' -c password_encryption=scram-sha-256" >/dev/null || failed PostgreSQL "$postgres_log"
sql() {
    "${as_owner[@]}" env -C / "$programs/psql" --host="$run" --port="$database_port" --username=postgres --no-psqlrc \
        --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@" 9>&-
}

# The role that owns the tables, and the one that serves and owns nothing. Addresses name no password: libpq finds it
# in this file.
export PGPASSFILE=$data/passwords
if [ ! -e "$PGPASSFILE" ]; then
    (
        umask 077
        for role in keywright_owner keywright; do
            echo "127.0.0.1:*:*:$role:$(od -An -N 18 -tx1 /dev/urandom | tr -d ' \n')"
        done >"$PGPASSFILE.new"
    )
    mv "$PGPASSFILE.new" "$PGPASSFILE"
fi
for role in keywright_owner keywright; do
    sql --dbname=postgres <<SQL
SELECT 'CREATE ROLE $role LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$role') \gexec
ALTER ROLE $role PASSWORD '$(grep ":$role:" "$PGPASSFILE" | cut -d: -f5)';
SQL
done
sql --dbname=postgres <<SQL
SELECT 'CREATE DATABASE keywright OWNER keywright_owner' WHERE NOT EXISTS (
    SELECT FROM pg_database WHERE datname = 'keywright') \gexec
SQL
address=127.0.0.1:$database_port/keywright
"$keywright" database prepare --database "postgres://keywright_owner@$address" --run-role keywright 9>&-
export KEYWRIGHT_DATABASE=postgres://keywright@$address

# ---- the organization ----

made=
if [ "$(sql --dbname=keywright --command='SELECT count(*) FROM keywright.users')" = 0 ]; then
    password=$(od -An -N 12 -tx1 /dev/urandom | tr -d ' \n')
    key=$(printf %s "$password" | "$keywright" admin create --database "$KEYWRIGHT_DATABASE" \
        --data "$data/pepper" --organization Example --email admin@example.com --password-stdin --with-key bootstrap 9>&-)
    made="
An organization was made. These are shown this once:
  admin@example.com   $password
  Admin key           $key"
fi

# ---- the nodes and nginx ----

# Each in a process group of its own: Control-C is for this script, which stops them in order.
for number in 1 2 3; do
    # A node on a machine of its own has a copy of the pepper, and nothing else.
    mkdir -p -m 700 "$data/node-$number"
    [ -e "$data/node-$number/pepper" ] || cp -p "$data/pepper/pepper" "$data/node-$number/pepper"
    setsid "$keywright" serve --data "$data/node-$number" --port $((port + number)) --public-url "$url" \
        --trusted-proxy 127.0.0.1/32 </dev/null >"$data/node-$number.log" 2>&1 9>&- &
    nodes+=($!)
done
{
    echo "daemon off; pid $run/nginx.pid; error_log stderr; events {}"
    echo "http { access_log off;"
    for use in client_body proxy fastcgi uwsgi scgi; do echo "${use}_temp_path $run/nginx-$use;"; done
    sed -e "s/listen 127.0.0.1:8080;/listen 127.0.0.1:$port;/" -e "s/server 127.0.0.1:8081 /server 127.0.0.1:$((port + 1)) /" \
        -e "s/server 127.0.0.1:8082 /server 127.0.0.1:$((port + 2)) /" \
        -e "s/server 127.0.0.1:8083 /server 127.0.0.1:$((port + 3)) /" Examples/cluster/nginx.conf
    echo "}"
} >"$run/nginx.conf"
setsid nginx -p "$run" -c "$run/nginx.conf" </dev/null >"$data/nginx.log" 2>&1 9>&- &
nginx=$!

# await PORT PROCESS NAME LOG
await() {
    local attempt
    for attempt in $(seq 150); do
        kill -0 "$2" 2>/dev/null || break
        [ "$(curl -so /dev/null -w '%{http_code}' --max-time 5 "http://127.0.0.1:$1/readyz")" != 200 ] || return 0
        sleep 0.2
    done
    failed "$3" "$4"
}
for number in 1 2 3; do
    await $((port + number)) "${nodes[number - 1]}" "Node $number" "$data/node-$number.log"
done
await "$port" "$nginx" nginx "$data/nginx.log"

cat <<END
$made

Keywright runs on three nodes behind nginx. Console and API:
  $url
The nodes, each of which answers for all of them:
  http://127.0.0.1:$((port + 1))   process ${nodes[0]}   $data/node-1.log
  http://127.0.0.1:$((port + 2))   process ${nodes[1]}   $data/node-2.log
  http://127.0.0.1:$((port + 3))   process ${nodes[2]}   $data/node-3.log
PostgreSQL, with the passwords in $PGPASSFILE:
  $KEYWRIGHT_DATABASE

To try, with the Admin key in \$ADMIN: what one node is told, all know; a node that is ended is not missed.
  curl -s $url/api_key -H "Authorization: Bearer \$ADMIN"
  curl -s http://127.0.0.1:$((port + 1))/api_key -H "Host: 127.0.0.1:$port" -H "Authorization: Bearer \$ADMIN"
  kill ${nodes[0]}; curl -s $url/api_key -H "Authorization: Bearer \$ADMIN"
Control-C stops it all; the data stays in $data.
END
wait "$nginx" || {
    echo "nginx has ended; its log is $data/nginx.log." >&2
    exit 1
}
