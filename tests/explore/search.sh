#!/bin/sh
# SPDX-License-Identifier: MIT
# search.sh SEARCH PROGRAM: one search of a litmus program, bounded or random. Neither may find
# anything. The limit is a quarter of a second of the processor, AFIELD_SEARCH_TIMES of them (the clang
# job: 4), or with AFIELD_STRESS=long 1600.
search=$1 program=$2 times=${AFIELD_SEARCH_TIMES:-1} executions=25000
[ "$search" = bounded ] || executions=4000
[ "${AFIELD_STRESS:-}" != long ] || times=1600
exec "$program" --mode "$search" --executions $((executions * times)) \
	--seconds $((times / 4)).$((times % 4 * 25))
