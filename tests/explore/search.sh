#!/bin/sh
# SPDX-License-Identifier: MIT
# search.sh SEARCH PROGRAM: one search of a litmus program, bounded or random. Neither may find
# anything. The limit is half a second of the processor, AFIELD_SEARCH_TIMES of them (the clang job:
# 2), or with AFIELD_STRESS=long 800.
search=$1 program=$2 times=${AFIELD_SEARCH_TIMES:-1} executions=50000
[ "$search" = bounded ] || executions=7500
[ "${AFIELD_STRESS:-}" != long ] || times=800
exec "$program" --mode "$search" --executions $((executions * times)) \
	--seconds $((times / 2)).$((times % 2 * 5))
