#!/bin/sh
# SPDX-License-Identifier: MIT
# prover.sh PREFIX FOLDER CC CXX: an author of a kind who has only the installed library: its
# checker, its explorer and its command, each with something right and something wrong.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$2"
cmake -S "$here/prover" -B "$2" -DCMAKE_PREFIX_PATH="$1" -DCMAKE_C_COMPILER="$3"
cmake --build "$2"
cd "$2"

# expect STATUS WORDS COMMAND...: how it ends, and what it prints.
expect()
{
	wanted=$1 words=$2
	shift 2
	status=0
	"$@" > output 2>&1 || status=$?
	[ "$status" -eq "$wanted" ] && grep -q "$words" output && return
	echo "$*: status $status, not $wanted, or no '$words' in"
	cat output
	exit 1
}

expect 0 ': LIN' ./history_check
expect 1 ': NONLIN' ./history_check torn
expect 0 ': LIN' ./history_check_static
expect 0 'passed: .* complete' ./message
expect 1 'data race' ./message_relaxed
printf '# model register\n1 0 1 write 1 : ok\n2 2 3 read : 0\n' > stale
expect 1 '^NONLIN' "$1/bin/afield-check" stale
printf '# model register\n1 0 2 write 1 : ok\n2 1 3 read : 1\n' > fresh
expect 0 '^LIN' "$1/bin/afield-check" fresh
echo "checker, explorer and command work"
