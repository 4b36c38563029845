/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: what is pushed is popped, once, by the ring for
 * many threads and by the one for two. Who waits forever is woken.
 */
#include <afield/ring.h>
#include <afield/ring_spsc.h>

#include "soak.h"

AFIELD_TYPE(value_ring, ring, struct soak_value *, 8, soak_value_drop);
AFIELD_TYPE(number_spsc, ring_spsc, uint64_t, 8);

static value_ring field;
static number_spsc spsc;
static uint64_t is_pushing, is_popping; /* __atomic; who is one of the two threads at the moment */
static uint64_t next_pushed, next_popped; /* theirs */

static void push(struct soak_thread *thread)
{
	struct soak_value *value = soak_value_new(thread);
	int error = value_ring_push(&field, value);

	SOAK_CHECK(error == 0 || error == -ENOSPC || error == -ENOMEM);
	if (error)
		soak_value_free(value);
}

static void pop(struct soak_thread *thread)
{
	struct soak_value *value = NULL;

	(void)thread;
	if (value_ring_pop(&field, &value))
		soak_value_free(value);
	SOAK_CHECK(value_ring_count(&field) <= 8);
}

static void push_wait(struct soak_thread *thread)
{
	struct timespec deadline;
	struct soak_value *value = soak_value_new(thread);
	int error = value_ring_push_wait(&field, value, soak_deadline(thread, &deadline));

	SOAK_CHECK(error == 0 || error == -ETIMEDOUT || error == -ENOMEM);
	if (error)
		soak_value_free(value);
}

static void pop_wait(struct soak_thread *thread)
{
	struct timespec deadline;
	struct soak_value *value = NULL;
	int error = value_ring_pop_wait(&field, &value, soak_deadline(thread, &deadline));

	SOAK_CHECK(error == 0 || error == -ETIMEDOUT);
	if (error == 0)
		soak_value_free(value);
}

static void clear(struct soak_thread *thread)
{
	if (soak_random(thread, 16) == 0)
		value_ring_clear(&field);
}

static void push_spsc(struct soak_thread *thread)
{
	struct timespec deadline;

	if (__atomic_exchange_n(&is_pushing, 1, __ATOMIC_ACQUIRE))
		return;
	if ((soak_random(thread, 2) ? number_spsc_push(&spsc, next_pushed)
				    : number_spsc_push_wait(&spsc, next_pushed,
							    soak_deadline(thread, &deadline))) == 0)
		next_pushed++;
	__atomic_store_n(&is_pushing, 0, __ATOMIC_RELEASE);
}

static void pop_spsc(struct soak_thread *thread)
{
	struct timespec deadline;
	uint64_t number;

	if (__atomic_exchange_n(&is_popping, 1, __ATOMIC_ACQUIRE))
		return;
	if (soak_random(thread, 2)
		    ? number_spsc_pop(&spsc, &number)
		    : number_spsc_pop_wait(&spsc, &number, soak_deadline(thread, &deadline)) == 0)
		SOAK_EQUAL(number, next_popped++);
	__atomic_store_n(&is_popping, 0, __ATOMIC_RELEASE);
}

static void pump(struct soak_thread *thread)
{
	push(thread);
	pop(thread);
	push(thread);
	push_spsc(thread);
	pop_spsc(thread);
}

/* The counts of the one for two threads are from the middle of something. */
static void orphans(struct soak_thread *child)
{
	(void)child;
	is_pushing = is_popping = 1;
}

static void finish(struct soak_thread *thread)
{
	uint64_t number;

	(void)thread;
	value_ring_fini(&field);
	while (number_spsc_pop(&spsc, &number))
		SOAK_EQUAL(number, next_popped++);
	SOAK_EQUAL(next_popped, next_pushed);
	number_spsc_fini(&spsc);
	memset(&field, 0, sizeof(field));
	memset(&spsc, 0, sizeof(spsc));
	next_popped = next_pushed = 0;
}

#define OPERATIONS(operation)                                                                    \
	operation(push) operation(pop) operation(push_wait) operation(pop_wait) operation(clear) \
		operation(push_spsc) operation(pop_spsc)
SOAK_KIND(ring, OPERATIONS, .pump = pump, .orphans = orphans, .finish = finish);
