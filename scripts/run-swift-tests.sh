#!/usr/bin/env bash
# Runs the Swift suites that `swift build --build-tests` built, beside a real PostgreSQL server, so that both engines
# keep the store's contract. Tests of what stands on a store are on the embedded engine first, and then, with
# TEST_ENGINE=postgres, on the other one.
#
# Every target's tests are in one program, which runs them side by side. Some hold promises about time (deadlines, a
# drain, a revocation within a second), so they run by themselves, one after another. Shows what passed and failed; the log also has
# each test's start, and its end is shown when the program stopped in the middle of one.
#
# Usage: scripts/run-swift-tests.sh [ARGUMENT OF swift test]...
set -euo pipefail
cd "$(dirname "$0")/.."

[ -n "${TEST_POSTGRES_URL:-}" ] || exec scripts/with-postgres.sh scripts/run-swift-tests.sh "$@"

log=.build/test-swift.log
: >"$log"
status=0

# suites ARGUMENT OF swift test...
suites() {
    local part=$log.part result=0
    swift test --skip-build --disable-xctest "$@" </dev/null 2>&1 | tee "$part" | { grep -v '^◇' || true; } || result=$?
    cat "$part" >>"$log"
    local closing_line
    closing_line=$(grep -E '^. Test run with [0-9]+ tests? ' "$part" | tail -n 1 || true)
    if [ -z "$closing_line" ]; then
        echo "The test program stopped before its end. The last lines of $part:" >&2
        tail -n 40 "$part" >&2
        exit 1
    fi
    if [[ $closing_line == *" with 0 tests "* ]]; then
        echo "No test was run." >&2
        exit 1
    fi
    [ "$result" -eq 0 ] || status=$result
}

if [ $# -gt 0 ]; then
    suites "$@"
else
    timed='KeywrightTransportTests|KeywrightMiddlewareTests|ChangeFeedTests|NodeTests'
    suites --filter "$timed" --no-parallel
    suites --skip "$timed"
    TEST_ENGINE=postgres suites --filter 'KeywrightOperationsTests|KeywrightAPITests' --skip "$timed"
fi
exit "$status"
