/* SPDX-License-Identifier: MIT */
/*
 * lock_waiting: a field with a lock (lock.h), for waiting_cases.h: how a thread has it alone and
 * beside other readers, and the waits for it that every such kind has by its table. `lock_field` is
 * what is waited for.
 *
 *	static const struct waiting_case cases[] = {
 *		{lock_hold_for_writing, lock_table_load, WAITING_MAY_END, lock_read_until},
 *		{lock_hold_for_reading, lock_table_store, WAITING_MAY_END, lock_write_until},
 *	};
 *
 * Synchronization: as waiting.h.
 */
#ifndef AFIELD_TESTS_LOCK_WAITING_H
#define AFIELD_TESTS_LOCK_WAITING_H

#include "lock.h"
#include "waiting_cases.h"

static pair_field lock_field;

static inline void lock_hold_for_writing(void (*meanwhile)(void))
{
	LOCK_WRITING(pair_field, pair, &lock_field)
	{
		int64_t low = pair->low;

		meanwhile();
		TEST_CHECK(pair->low == low);
		pair->low++;
	}
}

static inline void lock_hold_for_reading(void (*meanwhile)(void))
{
	LOCK_READING(pair_field, pair, &lock_field)
	{
		int64_t low = pair->low;

		meanwhile();
		TEST_CHECK(pair->low == low);
	}
}

static inline int lock_load(void)
{
	struct pair value;

	return pair_field_load(&lock_field, &value);
}

static inline int lock_store(void)
{
	return pair_field_store(&lock_field, pair_of(1, 1));
}

static inline int lock_table_load(void)
{
	struct pair value;

	return pair_field_type()->load(pair_field_type(), &lock_field, &value);
}

static inline int lock_table_store(void)
{
	struct pair value = pair_of(1, 1);

	return pair_field_type()->store(pair_field_type(), &lock_field, &value);
}

/* The first lock of the table and the last, which may be the same. */
static inline int lock_read_until(const struct timespec *deadline)
{
	return waiting_lock_until(pair_field_type(), &lock_field, 0, deadline);
}

static inline int lock_write_until(const struct timespec *deadline)
{
	unsigned last = (unsigned)pair_field_type()->binding->lock_mode_count - 1;

	return waiting_lock_until(pair_field_type(), &lock_field, last, deadline);
}

#endif
