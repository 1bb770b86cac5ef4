#!/usr/bin/env bash
# Installs Debian packages through apt, as root or with a sudo that asks for no password.
# Where that is impossible it prints what to install, and fails.
#
# Usage: scripts/install-packages.sh PACKAGE...
set -euo pipefail

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        as_root=(false)
    fi
fi

if ! command -v apt-get >/dev/null || [ "${as_root[*]}" = false ]; then
    {
        echo "Missing on this machine: $*"
        echo "On Debian and Ubuntu: sudo apt-get install $*"
        echo "Elsewhere: install the packages of the same purpose (Fedora: pkgconf, sqlite-devel, zlib-devel, libpq-devel, python3)."
    } >&2
    exit 1
fi

apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

echo "Installing $*"
apt update
apt install --yes --no-install-recommends "$@" >/dev/null
