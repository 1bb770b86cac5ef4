#!/usr/bin/env bash
# Makes .venv, the Python environment of the suites in Tests/EndToEnd and Tests/Browser. Does nothing while it is up to
# date, and installs the programs that the suites call, the browser included.
#
# CONSOLE_CHROMIUM names another Chromium than Debian's chromium-headless-shell.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v curl >/dev/null || missing+=(curl)
command -v openssl >/dev/null || missing+=(openssl)
command -v mount >/dev/null || missing+=(mount)
[ -n "$(PATH=$PATH:/usr/sbin command -v nginx)" ] || missing+=(nginx)
if [ -z "${CONSOLE_CHROMIUM:-}" ]; then
    command -v chromium-headless-shell >/dev/null || missing+=(chromium-headless-shell)
fi
# What a page shows until its own font has come.
[ -n "$(find /usr/share/fonts -name '*.ttf' -print -quit 2>/dev/null)" ] || missing+=(fonts-dejavu-core)
[ ${#missing[@]} -eq 0 ] || scripts/install-packages.sh "${missing[@]}"

requirements=(Tests/EndToEnd/requirements.txt Tests/Browser/requirements.txt)
installed=.venv/installed-requirements.txt
if cat "${requirements[@]}" | cmp -s - "$installed" && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

python3 -c 'import ensurepip, venv' 2>/dev/null || scripts/install-packages.sh python3 python3-venv

rm -rf .venv
python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --retries 5 \
    "${requirements[@]/#/--requirement=}"
cat "${requirements[@]}" >"$installed"
