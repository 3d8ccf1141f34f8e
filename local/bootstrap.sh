#!/bin/sh
# Builds .venv from requirements-dev.txt with a Python that is at least 3.11. Run by make when the requirements change.
set -eu
cd "$(dirname "$0")/.."

say() { echo "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if is_new_enough "$python"; then break; fi
    python=
done
if [ -z "$python" ]; then
    say "Carillon needs Python 3.11 or newer, and found none. Name one with: make PYTHON=/path/to/python"
    exit 1
fi

# Debian and Ubuntu ship the module in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say "Python's venv module is missing. As root: apt-get install $package"
        exit 1
    fi
    say "Installing $package ..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
fi

# An environment whose Python has gone, as after an upgrade of the system, is built anew.
if ! .venv/bin/python -c '' 2>/dev/null; then
    "$python" -m venv --clear .venv
fi
say "Installing requirements-dev.txt into .venv ..."
.venv/bin/python -m pip install --quiet --no-input --use-pep517 --disable-pip-version-check -r requirements-dev.txt
touch .venv/.installed
