/* SPDX-License-Identifier: MIT */
/*
 * lock_history: histories (history.h) of a field with a lock (lock.h): load, store and update are
 * those of its model, and critical sections those of a mutex. A kind names the verbs of its lock for
 * writing:
 *
 *	#define LOCK_KIND locked
 *	#define LOCK_ACQUIRE paired_field_lock
 *	#define LOCK_TRY_ACQUIRE paired_field_try_lock
 *	#define LOCK_RELEASE paired_field_unlock
 *	#include "lock_history.h"
 *
 *	int main(void) { return lock_history_run(); }
 *
 * Synchronization: one test at a time.
 */
#ifndef AFIELD_TESTS_LOCK_HISTORY_H
#define AFIELD_TESTS_LOCK_HISTORY_H

#include "history.h"
#include "lock.h"

LOCK_OF(paired_field, struct history_pair);

#define LOCK_MODEL LOCK_MODEL_OF(LOCK_KIND)
#define LOCK_MODEL_OF(kind) LOCK_MODEL_NAMED(kind)
#define LOCK_MODEL_NAMED(kind) afield_##kind##_model
const struct afield_model *LOCK_MODEL(void);

static inline struct history_pair lock_history_read(void *it)
{
	struct history_pair value;

	TEST_CHECK(paired_field_load((paired_field *)it, &value) == 0);
	return value;
}

static inline void lock_history_write(void *it, struct history_pair value)
{
	TEST_CHECK(paired_field_store((paired_field *)it, value) == 0);
}

static inline bool lock_history_exchange(void *it, int64_t expected, struct history_pair desired)
{
	struct history_exchange exchange = {expected, desired};

	return paired_field_update((paired_field *)it, history_exchange, &exchange) == 1;
}

static inline bool lock_history_acquire(void *it)
{
	return LOCK_ACQUIRE((paired_field *)it) != NULL;
}

static inline bool lock_history_try_acquire(void *it)
{
	return LOCK_TRY_ACQUIRE((paired_field *)it) != NULL;
}

static inline void lock_history_release(void *it)
{
	LOCK_RELEASE((paired_field *)it);
}

static inline void values_are_a_register(void)
{
	static paired_field it;
	const struct history_field field = {&it, lock_history_read, lock_history_write,
					    lock_history_exchange};

	TEST_CHECK(history_is_linearizable(paired_field_type()->kind, &field, LOCK_MODEL()));
}

static inline void turns_are_a_mutex(void)
{
	static paired_field it;
	struct history_lock lock = {&it, lock_history_acquire, lock_history_try_acquire,
				    lock_history_release};

	TEST_CHECK(history_is_mutex(paired_field_type()->kind, &lock));
}

static inline int lock_history_run(void)
{
	TEST_RUN(values_are_a_register);
	TEST_RUN(turns_are_a_mutex);
	return test_done();
}

#endif
