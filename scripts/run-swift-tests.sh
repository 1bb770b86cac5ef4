#!/usr/bin/env bash
# Runs the Swift suites that `swift build --build-tests` built.
#
# Every target's tests are in one program, which runs them side by side. Shows what passed and failed; the log also has
# each test's start, and its end is shown when the program stopped in the middle of one.
#
# Usage: scripts/run-swift-tests.sh [ARGUMENT OF swift test]...
set -euo pipefail
cd "$(dirname "$0")/.."

log=.build/test-swift.log
status=0
swift test --skip-build --disable-xctest "$@" </dev/null 2>&1 | tee "$log" | { grep -v '^◇' || true; } || status=$?

closing_line=$(grep -E '^. Test run with [0-9]+ tests? ' "$log" | tail -n 1 || true)
if [ -z "$closing_line" ]; then
    echo "The test program stopped before its end. The last lines of $log:" >&2
    tail -n 40 "$log" >&2
    exit 1
fi
if [[ $closing_line == *" with 0 tests "* ]]; then
    echo "No test was run." >&2
    exit 1
fi
exit "$status"
