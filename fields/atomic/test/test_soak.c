/* SPDX-License-Identifier: MIT */
/*
 * The soak of tests/soak/soak.h, for this kind: sums, a number that threads wait for, and counts of
 * signal handlers.
 */
#include <afield/atomic.h>

#include "soak.h"

static struct {
	afield_i64 total;
	afield_f64 share;
	afield_u8 wrapping;
	afield_u32 turn; /* every notify follows a change */
	afield_u64 handled;
} fields;
static uint64_t added, halves, handled; /* __atomic; what the fields must say */

static int64_t one_more(int64_t old, void *unused)
{
	(void)unused;
	return old + 1;
}

static void add(struct soak_thread *thread)
{
	int64_t amount = (int64_t)soak_random(thread, 100);
	int64_t seen = afield_i64_load(&fields.total);

	switch (soak_random(thread, 3)) {
	case 0:
		afield_i64_fetch_add(&fields.total, amount);
		break;
	case 1:
		while (!afield_i64_compare_exchange(&fields.total, &seen, seen + amount))
			;
		break;
	default:
		amount = 1;
		afield_i64_update(&fields.total, one_more, NULL);
	}
	soak_add(&added, (uint64_t)amount);
	SOAK_CHECK(afield_i64_load(&fields.total) >= amount);
}

static void add_half(struct soak_thread *thread)
{
	(void)thread;
	afield_f64_fetch_add(&fields.share, 0.5);
	afield_u8_fetch_add_relaxed(&fields.wrapping, 1);
	soak_add(&halves, 1);
}

static void wait_for_change(struct soak_thread *thread)
{
	struct timespec deadline;
	uint32_t seen = afield_u32_load(&fields.turn);
	int result = afield_u32_wait(&fields.turn, seen, soak_deadline(thread, &deadline));

	SOAK_CHECK(result == 0 || result == -ETIMEDOUT);
	SOAK_CHECK(result != 0 || afield_u32_load(&fields.turn) != seen);
}

static void change(struct soak_thread *thread)
{
	(void)thread;
	afield_u32_fetch_add_relaxed(&fields.turn, 1);
	afield_u32_notify_all(&fields.turn);
}

static void in_signal(void)
{
	afield_u64_fetch_add(&fields.handled, 1);
	soak_add(&handled, 1);
}

static void finish(struct soak_thread *thread)
{
	(void)thread;
	SOAK_EQUAL(afield_i64_load(&fields.total), added);
	SOAK_EQUAL((uint64_t)(2 * afield_f64_load(&fields.share)), halves);
	SOAK_EQUAL(afield_u8_load(&fields.wrapping), (uint8_t)halves);
	SOAK_EQUAL(afield_u64_load(&fields.handled), handled);
	memset(&fields, 0, sizeof(fields));
	added = halves = handled = 0;
}

#define OPERATIONS(operation) \
	operation(add) operation(add_half) operation(wait_for_change) operation(change)
SOAK_KIND(atomic, OPERATIONS, .pump = change, .in_signal = in_signal, .finish = finish);
