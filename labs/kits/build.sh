#!/bin/sh
# Build wakegap's grader into a folder, unless it is there: build.sh FOLDER. As root, it installs
# what is missing (apt, dnf or pacman); without, that must be there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ ! -x "$1/build/wakegap-lab" ] || exit 0
mkdir -p "$1"
tar -xzf "$here/wakegap.tar.gz" -C "$1"
command -v make >/dev/null || { apt-get update && apt-get install -y make; }
make -C "$1" -j"$(nproc)" deps build/wakegap-lab build/wakegap-explore
