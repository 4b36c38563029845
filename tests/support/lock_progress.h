/* SPDX-License-Identifier: MIT */
/*
 * lock_progress: operations on a field with a lock (lock.h) that wait for it, for progress.h. A
 * change stops inside as well.
 */
#ifndef AFIELD_TESTS_LOCK_PROGRESS_H
#define AFIELD_TESTS_LOCK_PROGRESS_H

#include "lock.h"
#include "progress.h"

LOCK_OF(number_field, long);

static inline void is_mine(void *field)
{
	TEST_CHECK(!number_field_is_mine((number_field *)field));
}
static inline void load(void *field)
{
	long value;

	TEST_CHECK(number_field_load((number_field *)field, &value) == 0);
}
static inline void store(void *field)
{
	TEST_CHECK(number_field_store((number_field *)field, 3) == 0);
}
static inline void exchange(void *field)
{
	long value = 4;

	TEST_CHECK(number_field_exchange((number_field *)field, &value) == 0);
}

static inline bool grow(long *value, void *unused)
{
	(void)unused;
	AFIELD_PAUSE("inside a change");
	++*value;
	return true;
}
static inline void update(void *field)
{
	TEST_CHECK(number_field_update((number_field *)field, grow, NULL) == 1);
}

#endif
