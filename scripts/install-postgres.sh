#!/usr/bin/env bash
# Checks for a PostgreSQL server, 14 or newer, and installs Debian's when there is none.
#
# Usage: scripts/install-postgres.sh [--print-programs]     (the folder of initdb and pg_ctl)
set -euo pipefail
cd "$(dirname "$0")/.."

programs() {
    local folder
    for folder in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -rV); do
        if [ -x "$folder/initdb" ]; then
            echo "$folder"
            return
        fi
    done
    command -v initdb >/dev/null && dirname "$(readlink -f "$(command -v initdb)")"
}

[ -n "$(programs)" ] || scripts/install-packages.sh postgresql
[ "${1:-}" != --print-programs ] || programs
