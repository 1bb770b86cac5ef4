#!/usr/bin/env bash
# `make test`: lint, build, every suite. Stops at the first failure. Each step has a time limit; at the end stand the
# wall time of each and the closing lines of the Swift suites.
set -euo pipefail
cd "$(dirname "$0")/.."

times=()

# step NAME MINUTES COMMAND...
step() {
    local name=$1 minutes=$2 start=$SECONDS status=0
    shift 2
    local limit=(env)
    if command -v timeout >/dev/null; then
        limit=(timeout --kill-after=30s "${minutes}m")
        # On a terminal the command stays in the foreground, so that Control-C reaches it.
        [ ! -t 0 ] || limit=(timeout --foreground --kill-after=30s "${minutes}m")
    fi
    printf '\n==> %s\n' "$name"
    "${limit[@]}" "$@" || status=$?
    times+=("$(printf '%-12s %5d s' "$name" $((SECONDS - start)))")
    [ "$status" -eq 0 ] && return
    [ "$status" -ne 124 ] || echo "$name took longer than its $minutes minutes." >&2
    summarize
    echo "$name failed." >&2
    exit 1
}

summarize() {
    printf '\nWall time of each step\n'
    printf '%s\n' "${times[@]}"
}

step dependencies 20 scripts/install-build-dependencies.sh
step lint 5 make --no-print-directory lint
step build 60 swift build --build-tests
step test-swift 30 scripts/run-swift-tests.sh
step test-e2e 20 scripts/run-end-to-end-tests.sh e2e
step test-crash 20 scripts/run-end-to-end-tests.sh crash
step test-api-fuzz 20 scripts/run-end-to-end-tests.sh api-fuzz
step test-cluster 15 scripts/run-cluster-tests.sh
step test-browser 15 scripts/run-browser-tests.sh
summarize
grep -E '^. Test run with [0-9]+ tests? ' .build/test-swift.log
