/* SPDX-License-Identifier: MIT */
/*
 * ring_waiting: what a ring must do with a host that has a lock of its own, where it waits for a
 * value (container_waiting.h) and where it waits for room. A ring of one is held at one end while
 * it is empty, and at the other while it is full.
 *
 *	AFIELD_TYPE(numbers, ring, int64_t, 1);
 *	#include "ring_waiting.h"
 *
 *	WAITING_RUN(ring_cases, NULL, ring_waiters);
 *
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_RING_WAITING_H
#define AFIELD_TESTS_RING_WAITING_H

#include "container_waiting.h"

static inline void hold_full(void (*meanwhile)(void))
{
	int64_t value;

	take_all();
	TEST_CHECK(numbers_push(&field, 9) == 0);
	meanwhile();
	TEST_CHECK(numbers_pop(&field, &value) && value == 9);
}

static inline int push_until(const struct timespec *deadline)
{
	int64_t value;
	int error = numbers_push_wait(&field, 7, deadline);

	if (!error)
		TEST_CHECK(numbers_pop(&field, &value) && value == 7);
	return error;
}

static inline int push(void)
{
	return push_until(NULL);
}

static const struct waiting_case ring_cases[] = {
	{hold_empty, pop, WAITING_MAY_END, pop_until},
	{hold_full, push, WAITING_MAY_END, push_until},
};

static inline uint32_t ring_waiters(void)
{
	return AFIELD_LOAD(&field.ring.items.count, relaxed) |
	       AFIELD_LOAD(&field.ring.room.count, relaxed);
}

#endif
