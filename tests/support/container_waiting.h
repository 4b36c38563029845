/* SPDX-License-Identifier: MIT */
/*
 * container_waiting: who waits for a value of a container, beside a host with a lock of its own
 * (waiting_cases.h). It is held while it is empty, and wanted by a pop, which puts back what it took. A
 * program says first what `numbers` are:
 *
 *	AFIELD_TYPE(numbers, queue, int64_t);
 *	#include "container_waiting.h"
 *
 *	static const struct waiting_case cases[] = {{hold_empty, pop, WAITING_MAY_END, pop_until}};
 *
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_CONTAINER_WAITING_H
#define AFIELD_TESTS_CONTAINER_WAITING_H

#include "waiting_cases.h"

static numbers field;

static inline void take_all(void)
{
	int64_t value;

	while (numbers_pop(&field, &value))
		;
}

static inline void hold_empty(void (*meanwhile)(void))
{
	take_all();
	meanwhile();
	TEST_CHECK(numbers_push(&field, 8) == 0);
}

static inline int pop_until(const struct timespec *deadline)
{
	int64_t value = 3;
	int error = numbers_pop_wait(&field, &value, deadline);

	TEST_CHECK(value == (error ? 3 : 8));
	if (!error)
		TEST_CHECK(numbers_push(&field, value) == 0);
	return error;
}

static inline int pop(void)
{
	return pop_until(NULL);
}

/* For a crowd: a pop that keeps what it took, and what is enough for one. */
static inline int take_value(void)
{
	int64_t value;

	return numbers_pop_wait(&field, &value, NULL);
}

static inline void give_value(void)
{
	TEST_CHECK(numbers_push(&field, 8) == 0);
}

#endif
