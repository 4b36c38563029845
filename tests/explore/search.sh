#!/bin/sh
# SPDX-License-Identifier: MIT
# search.sh SEARCH PROGRAM: one search of a litmus program, bounded or random. Neither may find
# anything. The limits are a few seconds of the processor; AFIELD_STRESS=long searches a hundred
# times as far.
search=$1 program=$2 seconds=4 executions=400000
[ "$search" = bounded ] || executions=60000
if [ "${AFIELD_STRESS:-}" = long ]; then
	seconds=$((seconds * 100)) executions=$((executions * 100))
fi
exec "$program" --mode "$search" --executions "$executions" --seconds "$seconds"
