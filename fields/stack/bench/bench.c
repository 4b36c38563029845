/* SPDX-License-Identifier: MIT */
/*
 * stack beside a list under a mutex, and beside ConcurrencyKit's forms with a generation, raw:
 * there each thread pushes and pops nodes that are there already, and nothing is allocated or
 * freed. One operation is a push and a pop. The difference between the first and the third is what
 * it costs to own values: a malloc, a free on the reclaimer's thread, and the way there.
 */
#include <afield/reclaim.h>
#include <afield/stack.h>

#include <ck_stack.h>

#include <stdlib.h>

AFIELD_TYPE(numbers, stack, long);
#define BENCH_IS_STACK true
#include "container.h"

static numbers field;

static struct mutex_list list = MUTEX_LIST;

static struct {
	ck_stack_t stack;
} __attribute__((aligned(16))) raw;

/* A node of the thread's own to begin with, then whichever it popped, kept for the next call. */
static void pair_raw(void *state, long iterations, int thread)
{
	static struct {
		ck_stack_entry_t first, *mine;
		char apart[112];
	} nodes[64];
	ck_stack_entry_t *node = nodes[thread].mine ? nodes[thread].mine : &nodes[thread].first;

	for (long i = 0; i < iterations; i++) {
		ck_stack_push_mpmc((ck_stack_t *)state, node);
		node = ck_stack_pop_mpmc((ck_stack_t *)state);
	}
	nodes[thread].mine = node;
}

static const struct bench_group groups[] = {
	{.name = "push and pop",
	 .bound = {.rmws = 2},
	 .contenders = {{"afield", pair_ours, &field, NULL, bench_drain, bench_backend},
			{"mutex and list", pair_list, &list, NULL, NULL, NULL},
			{"ck_stack mpmc, no memory", pair_raw, &raw, NULL, NULL, NULL}}},
};

BENCH_MAIN("stack", groups)
