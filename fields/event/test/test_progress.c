/* SPDX-License-Identifier: MIT */
/*
 * The progress guarantees of event.h: set, clear and is_set wait for nobody, wait waits. And a
 * thread that ends in the middle of any of them leaves an event that works.
 */
#include <afield/event.h>

#include "progress.h"

#include <errno.h>
#include <unistd.h>

static void set(void *opaque)
{
	afield_event_set((afield_event *)opaque);
}
static void clear(void *opaque)
{
	afield_event_clear((afield_event *)opaque);
}
static void is_set(void *opaque)
{
	(void)!afield_event_is_set((afield_event *)opaque);
}

static void wait_for_set(void *opaque)
{
	TEST_CHECK(afield_event_wait((afield_event *)opaque, NULL) == 0);
}

static const struct schedule_operation operations[] = {
	PROGRESS(set, WAIT_FREE),
	PROGRESS(clear, WAIT_FREE),
	PROGRESS(is_set, WAIT_FREE),
};
static const struct schedule_operation operations_on_a_set_one[] = {
	PROGRESS(set, WAIT_FREE),
	PROGRESS(is_set, WAIT_FREE),
	PROGRESS(wait_for_set, WAIT_FREE),
};

static void claims_hold(void)
{
	PROGRESS_HOLDS(operations, afield_event, NULL, NULL);
	PROGRESS_HOLDS(operations_on_a_set_one, afield_event, set, NULL);
}

/* The event is clear at first, and set to let the waiter go; nobody clears it then. */
static void one_who_waits_holds_nothing(void)
{
	static const struct schedule_operation waiter = {"wait", wait_for_set, BLOCKING};

	TEST_CHECK(schedule_freeze_waiter(&waiter, clear, set, operations_on_a_set_one, 3,
					  sizeof(afield_event)) == 0);
}

/* A wait that looks, counts itself in, sleeps for no time and leaves. */
static void wait_until_now(void *opaque)
{
	static const struct timespec past = {0, 0};

	(void)afield_event_wait((afield_event *)opaque, &past);
}

static void a_thread_may_end_anywhere(void)
{
	static void (*const bodies[])(void *) = {set, clear, is_set, wait_until_now};
	long ends = 0;

	for (int i = 0; i < 4; i++) {
		for (long at = 1;; at++) {
			afield_event event;
			bool has_ended;

			memset(&event, 0, sizeof(event));
			if (i == 1)
				afield_event_set(&event);
			has_ended = schedule_fault(at, bodies[i], schedule_end_thread, &event);
			ends += has_ended;
			/* Others find an event that is set or not, and can go on. */
			afield_event_clear(&event);
			TEST_CHECK(!afield_event_is_set(&event));
			wait_until_now(&event);
			afield_event_set(&event);
			wait_for_set(&event);
			if (!has_ended)
				break;
		}
	}
	printf("  %ld ends\n", ends);
	TEST_CHECK(ends > 8);
}

int main(void)
{
	alarm(100);
	TEST_RUN(claims_hold);
	TEST_RUN(one_who_waits_holds_nothing);
	TEST_RUN(a_thread_may_end_anywhere);
	return test_done();
}
