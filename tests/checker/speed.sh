#!/bin/sh
# SPDX-License-Identifier: MIT
# The speed bars: seconds, and memory by a limit on the address space.
#	speed.sh COMMAND GENERATOR
set -u
command=$1
generator=$2
file=$(mktemp)
trap 'rm -f "$file"' EXIT
failed=0

# bar SECONDS KILOBYTES ENGINE GENERATOR-ARGUMENTS...
bar() {
	limit=$1
	memory=$2
	engine=$3
	shift 3
	"$generator" "$@" > "$file" || exit 1
	start=$(date +%s%N)
	said=$( (ulimit -v "$memory"; timeout "$limit" "$command" --engine "$engine" "$file") 2>/dev/null)
	got=$?
	ms=$((($(date +%s%N) - start) / 1000000))
	echo "$* engine $engine: $ms ms of ${limit}000: $(echo "$said" | head -1)"
	case $got in
	0 | 1) [ $ms -lt $((limit * 1000)) ] || failed=1 ;;
	*) echo "  missed"; failed=1 ;;
	esac
}

bar 10 8000000 auto register 8 100000 1
bar 10 8000000 B register 8 100000 1
bar 1 8000000 auto queue 8 10000 1
bar 1 8000000 A queue 8 10000 1
bar 1 8000000 A stack 8 10000 1
bar 5 1000000 auto long-queue 8 1000000 1
bar 5 1000000 auto long-queue 8 1000000 2 0 1
bar 10 1000000 auto long-stack 8 1000000 1
bar 5 1000000 auto counter 8 1000000 1
bar 10 4000000 auto set 8 200000 1
for seed in 1 2 3 4 5 6 7 8; do
	bar 1 8000000 auto register 8 85 $seed 19
	bar 1 8000000 auto register 8 85 $seed 19 1
done
exit $failed
