#!/bin/sh
# mkopts.sh [FOLDER]: writes wrap.opts: every call that an LX_WRAP() of FOLDER (this one) stands for,
# as the linker wants it.
# gcc's own runtime must not come first: libgcc.a has a __wrap_pthread_create for split stacks, and
# a lab's threads would be started by that one. Hence no default libraries.
set -eu
cd "${1:-$(dirname "$0")}"
echo '-nodefaultlibs -lc -lm -l:libgcc_s.so.1'
find . -name '*.c' -exec sed -nE \
	's/^LX_WRAP\([^,]*, ([a-z_0-9]+).*/-Wl,--wrap=\1/p; s/^LX_WRAP_[A-Z]+\(([a-z_0-9]+).*/-Wl,--wrap=\1/p' {} + | LC_ALL=C sort -u
