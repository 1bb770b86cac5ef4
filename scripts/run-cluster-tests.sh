#!/usr/bin/env bash
# Runs the suite in Tests/Cluster: several nodes of the server that `swift build` built, on PostgreSQL servers that the
# tests start, kill and promote.
#
# Usage: scripts/run-cluster-tests.sh [ARGUMENT OF pytest]...
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-test-dependencies.sh
scripts/install-postgres.sh
swift build --product keywright
KEYWRIGHT_BINARY=$(swift build --show-bin-path)/keywright
POSTGRES_PROGRAMS=$(scripts/install-postgres.sh --print-programs)
PATH=$PWD/.venv/bin:$PATH
export KEYWRIGHT_BINARY POSTGRES_PROGRAMS PATH
exec Tests/Cluster/run "$@" </dev/null
