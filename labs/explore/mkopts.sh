#!/bin/sh
# Writes wrap.opts: every call that some LX_WRAP() models, as the linker wants it.
# Calls to clone() threads by gcc's own runtime must not come first: it has a __wrap_pthread_create
# for split stacks in libgcc.a, hence no default libraries.
set -eu
cd "$(dirname "$0")"
echo '-nodefaultlibs -lc -lm -l:libgcc_s.so.1'
sed -nE 's/^LX_WRAP\([^,]*, ([a-z_0-9]+).*/-Wl,--wrap=\1/p; s/^LX_WRAP_[A-Z]+\(([a-z_0-9]+).*/-Wl,--wrap=\1/p' ./*.c | LC_ALL=C sort -u
