/* SPDX-License-Identifier: MIT */
/*
 * counted: a host whose objects are a count each, in memory that stays. Every thread is attached.
 *
 *	counted_begin();
 *	void *object = counted_new();      // one reference, the caller's
 *	...
 *	TEST_CHECK(counted_alive() == 0);
 *
 * When to use it: for kinds that keep references, where what an object's end does is no matter.
 *
 * Synchronization: everything may run at once; counted_begin comes first.
 */
#ifndef AFIELD_TESTS_COUNTED_H
#define AFIELD_TESTS_COUNTED_H

#include <afield/host.h>

#include "test.h"

enum { COUNTED_MOST = 64 };

static long counted_objects[COUNTED_MOST]; /* __atomic; references of each, 0: dead */

/* The pool is used round and round: an object that is dead comes back as another one. */
static inline void *counted_new(void)
{
	static unsigned next; /* __atomic */

	for (;;) {
		unsigned at = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % COUNTED_MOST;
		long dead = 0;

		if (__atomic_compare_exchange_n(&counted_objects[at], &dead, 1, 0, __ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
			return &counted_objects[at];
	}
}

static inline int counted_alive(void)
{
	int alive = 0;

	for (int i = 0; i < COUNTED_MOST; i++)
		alive += __atomic_load_n(&counted_objects[i], __ATOMIC_SEQ_CST) != 0;
	return alive;
}

static inline void *counted_detach(void)
{
	return NULL;
}
static inline void counted_attach(void *token)
{
	(void)token;
}
static inline bool counted_is_attached(void)
{
	return true;
}

static inline void counted_retain(void *object)
{
	TEST_CHECK(__atomic_fetch_add((long *)object, 1, __ATOMIC_SEQ_CST) > 0);
}

static inline bool counted_try_retain(void *object)
{
	long count = __atomic_load_n((long *)object, __ATOMIC_SEQ_CST);

	while (count > 0 && !__atomic_compare_exchange_n((long *)object, &count, count + 1, 0,
							 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
	return count > 0;
}

static inline void counted_release(void *object)
{
	TEST_CHECK(__atomic_fetch_sub((long *)object, 1, __ATOMIC_SEQ_CST) > 0);
}

static inline void counted_begin(void)
{
	static const struct afield_host host = {
		counted_detach,  counted_attach,     NULL, counted_retain, counted_try_retain,
		counted_release, counted_is_attached};

	TEST_CHECK(afield_set_host(&host));
}

#endif
