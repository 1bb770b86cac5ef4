#!/usr/bin/env bash
# Runs one of the suites in Tests/EndToEnd against the server that `swift build` built.
# Tests/EndToEnd/run gets the suite's name, KEYWRIGHT_BINARY, PROTECTED_SERVICE_BINARY (the example application), and the
# Python of .venv first in PATH; e2e also TEST_POSTGRES_URL.
#
# Usage: scripts/run-end-to-end-tests.sh e2e|crash|api-fuzz
set -euo pipefail
cd "$(dirname "$0")/.."

suite=$1
[ "$suite" != e2e ] || [ -n "${TEST_POSTGRES_URL:-}" ] ||
    exec scripts/with-postgres.sh scripts/run-end-to-end-tests.sh "$suite"
scripts/install-test-dependencies.sh
swift build --product keywright
[ "$suite" != e2e ] || swift build --product ProtectedService
KEYWRIGHT_BINARY=$(swift build --show-bin-path)/keywright
PROTECTED_SERVICE_BINARY=$(swift build --show-bin-path)/ProtectedService
PATH=$PWD/.venv/bin:$PATH
export KEYWRIGHT_BINARY PROTECTED_SERVICE_BINARY PATH
exec Tests/EndToEnd/run "$suite" </dev/null
