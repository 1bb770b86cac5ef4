#!/usr/bin/env bash
# Goes the main way through the console in Firefox ESR and in WebKitGTK, against the server that `swift build` built.
# Installs Debian's packages of both where they are missing.
#
# Usage: scripts/run-other-browser-tests.sh [ARGUMENT OF pytest]...
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v firefox-esr >/dev/null || missing+=(firefox-esr)
command -v WebKitWebDriver >/dev/null || missing+=(webkit2gtk-driver)
command -v Xvfb >/dev/null || missing+=(xvfb)
[ ${#missing[@]} -eq 0 ] || scripts/install-packages.sh "${missing[@]}"

scripts/install-test-dependencies.sh
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --retries 5 \
    --requirement Tests/OtherBrowsers/requirements.txt
swift build --product keywright
KEYWRIGHT_BINARY=$(swift build --show-bin-path)/keywright
PATH=$PWD/.venv/bin:$PATH
PYTHONDONTWRITEBYTECODE=1
export KEYWRIGHT_BINARY PATH PYTHONDONTWRITEBYTECODE
cd Tests/OtherBrowsers
exec python3 -m pytest "$@" </dev/null
