/* SPDX-License-Identifier: MIT */
/*
 * container_pinned: how much memory a thread pins that stands still in an operation of a container,
 * at any access, while others push and pop.
 *
 *	#include <afield/queue.h>
 *	#define CONTAINER_KIND queue
 *	#define CONTAINER_INSIDE 64
 *	#define PINNED_BYTES 4096        // the page's number, or a little more
 *	#include "container_pinned.h"
 *	int main(void)
 *	{
 *		return pinned_main();
 *	}
 *
 * 100 000 pushes and pops beside each access, and 10 000 000 with AFIELD_STRESS=long.
 *
 * Synchronization: the program's own threads alone allocate.
 */
#ifndef AFIELD_TESTS_CONTAINER_PINNED_H
#define AFIELD_TESTS_CONTAINER_PINNED_H

#include "container_progress.h"
#include "given_back.h"
#include "sanitizers.h"

static long pinned_most, pinned_rounds, pinned_pops;

static inline void pinned_pop(void *field)
{
	int64_t value = 0;

	TEST_CHECK(numbers_pop((numbers *)field, &value) && value > 0);
}

/* As many pops as pushes, or, for the control, none. What a thread takes for itself at first is no
 * part of it. */
static inline void pinned_many(void *field)
{
	long before;

	push(field);
	pinned_pop(field);
	before = (long)given_back_in_use();
	for (long i = 0; i < pinned_rounds; i++) {
		push(field);
		for (long pop = 0; pop < pinned_pops; pop++)
			pinned_pop(field);
	}
	before = (long)given_back_in_use() - before;
	pinned_most = before > pinned_most ? before : pinned_most;
}

static inline long pinned_by(const struct schedule_operation *victims, int count, long rounds,
			     long pops)
{
	static const struct schedule_operation many = PROGRESS(pinned_many, LOCK_FREE);

	pinned_most = 0;
	pinned_rounds = rounds;
	pinned_pops = pops;
	TEST_CHECK(schedule_freeze_beside(victims, count, &many, sizeof(numbers), fill, finish) ==
		   0);
	return pinned_most;
}

static inline void little_is_pinned(void)
{
	static const struct schedule_operation victims[] = {PROGRESS(push, LOCK_FREE),
							    PROGRESS(pinned_pop, LOCK_FREE),
							    PROGRESS(count, LOCK_FREE)};
	long most = pinned_by(victims, PROGRESS_COUNT(victims), test_scaled(100000), 1);

	printf("  at most %ld bytes\n", most);
	TEST_CHECK(most <= PINNED_BYTES);
}

/* What only grows is seen to. */
static inline void nothing(void *field)
{
	(void)numbers_count((numbers *)field);
}
static inline void growth_is_seen(void)
{
	static const struct schedule_operation victim = PROGRESS(nothing, LOCK_FREE);

	if (SANITIZERS_ADDRESS || SANITIZERS_THREAD) /* whose malloc says nothing */
		return;
	TEST_CHECK(pinned_by(&victim, 1, 1000, 0) > PINNED_BYTES);
}

static inline int pinned_main(void)
{
	schedule_patience(600000);
	TEST_RUN(growth_is_seen);
	TEST_RUN(little_is_pinned);
	return container_done();
}

#endif
