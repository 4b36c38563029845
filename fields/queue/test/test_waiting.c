/* SPDX-License-Identifier: MIT */
/*
 * queue with a host that has a lock of its own: who waits for a value gives the host's lock up, is
 * woken by one who needs it, and ends when the host says so. And of many who wait, a push wakes
 * one.
 */
#include <afield/queue.h>

AFIELD_TYPE(numbers, queue, int64_t);

#include "container_waiting.h"

static const struct waiting_case cases[] = {{hold_empty, pop, WAITING_MAY_END, pop_until}};

static uint32_t waiters(void)
{
	return AFIELD_LOAD(&field.queue.waiters.count, relaxed);
}

static void a_push_wakes_one(void)
{
	take_all();
	waiting_change_wakes_one(take_value, give_value);
}

int main(void)
{
	WAITING_RUN(cases, NULL, waiters);
	TEST_RUN(a_push_wakes_one);
	waiting_run_last(hold_empty, pop);
	return test_done();
}
