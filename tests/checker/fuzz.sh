#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the fuzz target from the hand-made histories, for AFIELD_FUZZ_SECONDS.
#	fuzz.sh TARGET HISTORIES
set -u
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
cp "$2"/*.txt "$corpus"
cd "$corpus" && exec_status=0
"$1" -max_total_time="${AFIELD_FUZZ_SECONDS:-5}" -max_len=2048 -timeout=20 -rss_limit_mb=3000 \
	-print_final_stats=1 "$corpus" >fuzz.log 2>&1 || exec_status=$?
grep -E 'ERROR|SUMMARY|number_of_executed|deadly|Test unit' fuzz.log
for crash in crash-* oom-* timeout-*; do
	[ -f "$crash" ] && { echo "$crash:"; od -c "$crash" | head -40; }
done
exit $exec_status
