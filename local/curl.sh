#!/bin/sh
# Makes sure that there is a curl for the test that pastes README's example; the distribution's package where none is.
set -eu
if command -v curl >/dev/null; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "No curl here, and the test of README's example needs one. As root: apt-get install curl" >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends curl >/dev/null
