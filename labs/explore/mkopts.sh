#!/bin/sh
# mkopts.sh [FOLDER]: writes wrap.opts: every call that an LX_WRAP() of FOLDER (this one) stands for,
# as the linker wants it.
# gcc's own runtime must not come first: libgcc.a has a __wrap_pthread_create for split stacks, and
# a lab's threads would be started by that one. Hence no default libraries.
set -eu
here=$(dirname "$0")
echo '-nodefaultlibs -lc -lm -l:libgcc_s.so.1'
grep -rl --include='*.c' '^LX_WRAP' "${1:-$here}" | while read -r file; do
	cc -E -P -D_GNU_SOURCE -I"$here/../.." "$file"
done | grep -oE '__wrap_[A-Za-z_0-9]+ ?\(' | sed -E 's/^__wrap_(.*[^ ]) ?\($/-Wl,--wrap=\1/' | LC_ALL=C sort -u
