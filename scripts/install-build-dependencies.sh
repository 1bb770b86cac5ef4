#!/usr/bin/env bash
# Checks for what `swift build` needs beside the Swift toolchain, and installs what is missing.
# Changes nothing, and asks for no rights, on a machine that has it all.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v swift >/dev/null; then
    echo "Keywright is built with Swift $(cat .swift-version): https://www.swift.org/install" >&2
    exit 1
fi

missing=()
command -v git >/dev/null || missing+=(git ca-certificates)
if [ "$(uname -s)" = Linux ]; then
    # What the toolchain needs of the system: libraries to start, a linker, and the headers of C and C++.
    swift --version >/dev/null 2>&1 || missing+=(libcurl4 libncurses6 libsqlite3-0 libxml2)
    command -v ld.gold >/dev/null || missing+=(binutils-gold)
    [ -d /usr/include/c++ ] || missing+=(g++)
    # GRDB builds on the system's SQLite, which SwiftPM finds by pkg-config; SwiftNIO's extras link zlib.
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    pkg-config --exists sqlite3 2>/dev/null || missing+=(libsqlite3-dev)
    pkg-config --exists zlib 2>/dev/null || missing+=(zlib1g-dev)
    # The PostgreSQL engine speaks through the system's libpq.
    pkg-config --exists libpq 2>/dev/null || missing+=(libpq-dev)
fi
[ ${#missing[@]} -eq 0 ] || scripts/install-packages.sh "${missing[@]}"
