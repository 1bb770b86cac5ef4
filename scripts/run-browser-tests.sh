#!/usr/bin/env bash
# Runs the suite in Tests/Browser, in a headless Chromium, against the server that `swift build` built.
# Tests/Browser/run gets KEYWRIGHT_BINARY, and the Python of .venv first in PATH.
#
# Usage: scripts/run-browser-tests.sh [ARGUMENT OF pytest]...
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-test-dependencies.sh
swift build --product keywright
KEYWRIGHT_BINARY=$(swift build --show-bin-path)/keywright
PATH=$PWD/.venv/bin:$PATH
export KEYWRIGHT_BINARY PATH
exec Tests/Browser/run "$@" </dev/null
