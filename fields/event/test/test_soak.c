/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: who waits forever is woken by whoever sets it, a
 * signal handler included.
 */
#include <afield/event.h>

#include "soak.h"

static afield_event field
, handled;

static void wait_for_it(struct soak_thread *thread)
{
	struct timespec deadline;
	int result = afield_event_wait(&field, soak_deadline(thread, &deadline));

	SOAK_CHECK(result == 0 || result == -ETIMEDOUT);
}

static void set(struct soak_thread *thread)
{
	(void)thread;
	afield_event_set(&field);
}

static void clear(struct soak_thread *thread)
{
	(void)thread;
	afield_event_clear(&field);
}

static void pulse(struct soak_thread *thread)
{
	(void)thread;
	afield_event_set(&field);
	afield_event_clear(&field);
}

static void in_signal(void)
{
	afield_event_set(&handled);
	SOAK_CHECK(afield_event_is_set(&handled));
	afield_event_set(&field);
}

static void finish(struct soak_thread *thread)
{
	(void)thread;
	afield_event_set(&field);
	SOAK_EQUAL(afield_event_wait(&field, NULL), 0);
	memset(&field, 0, sizeof(field));
	memset(&handled, 0, sizeof(handled));
}

#define OPERATIONS(operation) \
	operation(wait_for_it) operation(set) operation(clear) operation(pulse)
SOAK_KIND(event, OPERATIONS, .pump = pulse, .in_signal = in_signal, .finish = finish);
