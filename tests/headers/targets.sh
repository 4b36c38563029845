#!/bin/sh
# SPDX-License-Identifier: MIT
# targets.sh CLANG HEADERS OPTIONS...
#
# Where the target has no lock-free atomics of eight bytes, no header of a kind compiles, and each
# says so in one sentence of ours. The headers are parsed for the target, nothing is linked, so that a
# compiler that knows it is enough; the C library's headers are those of this machine.
set -u
clang=$1 headers=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What glibc's headers include where the words have 32 bits; it lists functions without a body.
mkdir -p "$work/gnu"
for stub in 32 x32 soft hard; do : > "$work/gnu/stubs-$stub.h"; done

count=0 failures=0
for target in i386-linux-gnu i686-linux-gnu armv5te-linux-gnueabi armv7-linux-gnueabihf mips-linux-gnu \
	riscv32-linux-gnu x86_64-linux-gnux32; do
	for header in $(printf '%s' "$headers" | tr ';' ' '); do
		count=$((count + 1))
		printf '#include <afield/%s>\n' "$header" | "$clang" -x c --target=$target -std=c11 \
			-fsyntax-only -I"$work" "$@" -isystem /usr/include \
			-isystem "/usr/include/$(uname -m)-linux-gnu" - > "$work/output" 2>&1 &&
			echo "$header: compiles for $target" && failures=$((failures + 1)) && continue
		grep -q 'error: "afield: this target has no pointers of eight bytes' "$work/output" && continue
		echo "$header: for $target it does not say why"
		head -n 3 "$work/output"
		failures=$((failures + 1))
	done
done
echo "$count tried, $failures failed"
[ $count -gt 0 ] && [ $failures -eq 0 ]
