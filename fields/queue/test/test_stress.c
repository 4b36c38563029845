/* SPDX-License-Identifier: MIT */
/*
 * queue under load: threads push, pop and wait, and fork; what payloads.h says of any container,
 * and of each pusher:
 *
 *   in order    required    of one pusher's payloads, each thread sees a later one after an earlier
 *
 * Who waits has no deadline, so that a lost wake-up hangs, and the watchdog says so. A last
 * payload, from nobody, tells it that there are no more; each that leaves sends one for the next.
 */
#include <afield/queue.h>

#define CONTAINER_KIND queue
#include "payloads.h"
#include "watchdog.h"

static long disorder; /* __atomic */

static void note(const struct payload *payload, int64_t *last)
{
	if (payload->number <= last[payload->pusher])
		__atomic_fetch_add(&disorder, 1, __ATOMIC_RELAXED);
	last[payload->pusher] = payload->number;
	payloads_note(payload);
}

enum { NOBODY = -1 };
static int poppers; /* __atomic: that have not left */

static void leave(void)
{
	struct payload last = {NOBODY, 0, NOBODY};

	TEST_CHECK(payload_box_push(&box, last) == 0);
	if (__atomic_sub_fetch(&poppers, 1, __ATOMIC_SEQ_CST) != 0)
		return;
	while (payload_box_pop(&box, &last))
		TEST_CHECK(last.pusher == NOBODY);
}

static void pop_all(int index)
{
	int64_t last[PAYLOADS_PUSHERS] = {-1, -1, -1, -1};
	bool waits = index % 2;
	struct payload payload;

	while (!payloads_are_over()) {
		if (waits ? payload_box_pop_wait(&box, &payload, NULL) == 0
			  : payload_box_pop(&box, &payload)) {
			if (payload.pusher == NOBODY)
				break;
			note(&payload, last);
		} else {
			TEST_CHECK(!waits);
			sched_yield();
		}
		(void)payload_box_count(&box);
	}
	leave();
}

static void nothing_is_lost(void)
{
	poppers = PAYLOADS_POPPERS;
	payloads_arrive_once(pop_all);
	printf("  out of order: %ld\n", disorder);
	TEST_CHECK(disorder == 0);
}

int main(void)
{
	watchdog_start(250);
	return payloads_run(nothing_is_lost);
}
