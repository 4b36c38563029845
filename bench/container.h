/* SPDX-License-Identifier: MIT */
/*
 * container: a push and a pop of a container `numbers`, a queue or a stack of long, and of a list
 * under a mutex (mutex_list.h) in its place, which is a stack where BENCH_IS_STACK is true.
 */
#ifndef AFIELD_BENCH_CONTAINER_H
#define AFIELD_BENCH_CONTAINER_H

#include "bench.h"
#include "mutex_list.h"

static inline long ours_pop(numbers *it)
{
	long value = 0;

	(void)numbers_pop(it, &value);
	return value;
}

BENCH_BODY(pair_ours, numbers, {
	bench_keep(numbers_push(it, i));
	bench_keep(ours_pop(it));
});
BENCH_BODY(pair_list, struct mutex_list, {
	mutex_list_push(it, i, BENCH_IS_STACK);
	bench_keep(mutex_list_pop(it));
});

#endif
