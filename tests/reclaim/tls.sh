#!/bin/sh
# tls.sh FAST SLOW: the module FAST, compiled with the flags that afield exports, calls nobody to
# reach the thread-local storage of a read section. SLOW, without them, does: the test can see it.
set -eu
calls() {
	nm -D --undefined-only "$1" | grep -c __tls_get_addr || true
}
fast=$(calls "$1")
slow=$(calls "$2")
echo "calls of __tls_get_addr: $fast with the exported flags, $slow without"
test "$fast" -eq 0
test "$slow" -ne 0
