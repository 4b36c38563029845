/* SPDX-License-Identifier: MIT */
/*
 * slow: held, a queue under a mutex that can be watched, whose operations can be held up behind their
 * linearization.
 */
#ifndef AFIELD_TESTS_WATCH_SLOW_H
#define AFIELD_TESTS_WATCH_SLOW_H

#include <afield/queue.h>
#include <afield/watch.h>

#include <errno.h>
#include <pthread.h>
#include <time.h>

struct slow {
	pthread_mutex_t lock;
	uint64_t values[1 << 16];
	uint32_t first, last;
	int hold_ups; /* how many more operations are held up */
	/* The next push is held up on both sides of its linearization. */
	int is_long, has_linearized, may_return;
};

static void hold_up(struct slow *slow)
{
	const struct timespec second = {1, 0};

	if (__atomic_load_n(&slow->hold_ups, __ATOMIC_RELAXED) > 0 &&
	    __atomic_fetch_sub(&slow->hold_ups, 1, __ATOMIC_RELAXED) > 0)
		nanosleep(&second, NULL);
}

static void rest_for(long milliseconds)
{
	const struct timespec rest = {milliseconds / 1000, milliseconds % 1000 * 1000000};

	nanosleep(&rest, NULL);
}

static bool begin_long(struct slow *slow)
{
	if (!__atomic_load_n(&slow->is_long, __ATOMIC_RELAXED) ||
	    !__atomic_exchange_n(&slow->is_long, 0, __ATOMIC_RELAXED))
		return false;
	rest_for(20); /* some windows */
	return true;
}

static void end_long(struct slow *slow)
{
	__atomic_store_n(&slow->has_linearized, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_exchange_n(&slow->may_return, 0, __ATOMIC_SEQ_CST))
		rest_for(1);
}

typedef uint64_t held__plain_value;
typedef struct slow held__plain;
AFIELD_TYPE(held__real, queue, uint64_t);
static const struct afield_type *held__plain_type(void)
{
	return held__real_type();
}
static void held__plain_fini(struct slow *slow)
{
	slow->first = slow->last = 0;
}
static int held__plain_push(struct slow *slow, uint64_t value)
{
	bool is_long = begin_long(slow), is_full;

	pthread_mutex_lock(&slow->lock);
	is_full = slow->last - slow->first == 64;
	if (!is_full)
		slow->values[(uint16_t)slow->last++] = value;
	pthread_mutex_unlock(&slow->lock);
	hold_up(slow);
	if (is_long && is_full) /* the next one, then */
		__atomic_store_n(&slow->is_long, 1, __ATOMIC_RELAXED);
	else if (is_long)
		end_long(slow);
	return is_full ? -ENOMEM : 0;
}
static bool held__plain_pop(struct slow *slow, uint64_t *value)
{
	bool is_there;

	pthread_mutex_lock(&slow->lock);
	is_there = slow->last != slow->first;
	if (is_there)
		*value = slow->values[(uint16_t)slow->first++];
	pthread_mutex_unlock(&slow->lock);
	hold_up(slow);
	return is_there;
}
static bool held__plain_is_empty(const struct slow *slow)
{
	(void)slow;
	return false;
}
static size_t held__plain_count(const struct slow *slow)
{
	return slow->last - slow->first;
}
AFIELD__WATCH_TYPE(held, "queue", AFIELD__WATCH_ROW, 0);
AFIELD__WATCH_ENDS(held);

#endif
