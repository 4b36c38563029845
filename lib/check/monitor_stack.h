/* SPDX-License-Identifier: MIT */
/*
 * monitor_stack.h: what the monitor of stacks finds out and their order is made of.
 */
#ifndef AFIELD_CHECK_MONITOR_STACK_H
#define AFIELD_CHECK_MONITOR_STACK_H

#include "cover.h"
#include "monitor.h"

/*
 * Places are where values may have to be there: distinct stamp i is place 2i, and between two of
 * them is one place. Values that must be there at some time are numbered by when that begins.
 */
struct afield__stack {
	const struct afield__input *input;
	struct afield__items items;
	uint32_t *present; /* item of each number */
	uint32_t count;
	afield__time *times; /* distinct stamps */
	uint32_t time_count;
	uint32_t *stamp_at; /* for each rank: the first stamp that is not before it */
	uint32_t *first;    /* the first number whose presence begins at stamp i or later */
	struct afield__cover cover;
	struct afield__peaks calls;  /* by add_low, the least first: not yet known to reach down */
	struct afield__peaks leaves; /* by leave, the greatest first: those that reach down */
	struct afield__buckets of_item;
	uint32_t *aside; /* numbers whose peeks do not fit yet */
	/* Only when an order is wanted: */
	struct afield__span_of {
		uint32_t from, to, depth; /* pushed and popped at these stamps; how many below */
	} * spans;                        /* of each number */
	uint32_t *place; /* of each operation that saw the top or found nothing, from 1 */
};

/* The first stamp that is not before the time. */
static inline uint32_t afield__stamp_at(const struct afield__stack *stack, afield__time time)
{
	return time == AFIELD__FOREVER ? stack->stamp_at[stack->input->last / 2 + 1]
				       : stack->stamp_at[time / 2];
}

/* Puts the order of a stack that was found linearizable. False when there is no memory. */
bool afield__order_stack(const struct afield__stack *stack, const uint32_t *empties,
			 uint32_t empty_count);

#endif
