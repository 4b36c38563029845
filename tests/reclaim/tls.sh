#!/bin/sh
# SPDX-License-Identifier: MIT
# tls.sh MODULE LIBRARY: the module, compiled with the slowest model of thread-local storage, calls
# nobody to reach the word of a read section. The library has that one word, of a pointer's size, and
# no other thread-local storage: there is little of the fast kind for what is loaded late.
set -eu
calls=$(nm -D --undefined-only "$1" | grep -c __tls_get_addr || true)
size=$(readelf -lW "$2" | awk '$1 == "TLS" { print $6 }')
names=$(readelf -sW --dyn-syms "$2" | awk '$4 == "TLS" { print $8 }' | sort -u | tr '\n' ' ')
echo "calls of __tls_get_addr in the module: $calls; thread-local storage of the library: $size," \
	"$names"
test "$calls" -eq 0
test $((size)) -eq 8
