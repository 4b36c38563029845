/* SPDX-License-Identifier: MIT */
/*
 * Histories of a queue, for the judge. Rings have one slot, and are not freed: litmus.c is about
 * that.
 */
#define LITMUS_SEGMENTS 5
#include "../../../tests/support/litmus_client.h"
#include "litmus_queue.h"

static void put(long value)
{
	push_number((int)value - 1);
}

static long take(void)
{
	uintptr_t value = pop_number();

	return value ? (long)value : CLIENT_EMPTY;
}

static long count_all(void)
{
	return (long)afield__queue_count(&queue);
}

static bool has_none(void)
{
	return afield__queue_is_empty(&queue);
}

#include "../../../tests/support/litmus_container.h"

CLIENT_MODEL(queue)
PROGRAMS(client_push_two_pop_two, client_each_push_and_pop, client_count, client_is_empty,
	 client_three)
